"""Every call of the Lionbridge Content API, version 2, as data: paths, fields, shapes, and their source. No I/O."""
