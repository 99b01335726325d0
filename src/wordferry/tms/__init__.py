"""The far shore: one folder per translation management system."""
