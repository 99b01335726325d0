"""Shore 3: Lionbridge, Content API version 2."""
