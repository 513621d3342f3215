"""Commands about files alone: no project, no database."""
