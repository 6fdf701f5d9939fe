__all__ = 1  # invalid-all-format
