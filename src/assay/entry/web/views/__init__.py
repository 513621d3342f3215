"""One file per page or small family of pages."""
