// What java.util.Properties reads: for each file one line, and in it ",<UTF-16BE in hexadecimal>" for each value.

import java.io.FileInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;

public final class PropertiesOracle {
    // Keeps an entry for every line, so that a key that stands there twice is seen twice.
    private static final class Entries extends Properties {
        private final StringBuilder line = new StringBuilder();

        @Override
        public synchronized Object put(Object key, Object value) {
            line.append(',');
            for (char unit : ((String) value).toCharArray()) {
                line.append(String.format("%04x", (int) unit));
            }
            return super.put(key, value);
        }
    }

    public static void main(String[] files) throws IOException {
        for (String file : files) {
            Entries entries = new Entries();
            try (FileInputStream input = new FileInputStream(file)) {
                entries.load(input);
            }
            System.out.println("values" + entries.line);
        }
    }
}
