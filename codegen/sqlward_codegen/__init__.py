"""The compiler: annotated SQL files in, a typed Python store out."""

__version__ = "0.1.0"
