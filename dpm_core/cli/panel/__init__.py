"""`dpm panel`: the modules of a link as faces in the terminal."""

from dpm_core.cli.panel.command import command

__all__ = ["command"]
