"""The invented story that `counterseal up --demo` plays: records, and a Jira, made relative to the time of start."""

from counterseal.assembly.demo.files import DemoFiles, write_story
from counterseal.assembly.demo.guide import GUIDE
from counterseal.assembly.demo.stage import Stage, demonstration
from counterseal.assembly.demo.story import tell

__all__ = ["GUIDE", "DemoFiles", "Stage", "demonstration", "tell", "write_story"]
