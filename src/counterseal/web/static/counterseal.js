// What a page gains where scripts run: buttons that copy a command. Everything else works without.
// @ts-check

const said = document.getElementById("said");

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const source = document.getElementById(button.dataset.copy ?? "");
  if (source === null || navigator.clipboard === undefined) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      if (said !== null) said.textContent = "Copied";
      button.classList.add("done");
    } catch {
      // The browser refused: select the text, so that a person can copy it.
      window.getSelection()?.selectAllChildren(source);
      if (said !== null) said.textContent = "Selected: copy it with the keyboard";
    }
  });
}
