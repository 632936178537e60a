"""The command ``yaodian``."""


def main() -> int:
    """Run the command line."""
    return 0
