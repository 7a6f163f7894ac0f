"""The invented story that `counterseal up --demo` plays: records and tickets, made relative to the time of start."""

from counterseal.assembly.demo.files import DemoFiles, write_story
from counterseal.assembly.demo.guide import GUIDE
from counterseal.assembly.demo.stage import Stage, demonstration

__all__ = ["GUIDE", "DemoFiles", "Stage", "demonstration", "write_story"]
