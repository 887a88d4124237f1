"""A Python library for Lutron's LQSE-4S8-120-D switching power module."""

from typing import Final

__version__: Final = "0.1.0"
"""The version of the library and of the integration: written here and nowhere else by hand."""

__all__ = ["__version__"]
