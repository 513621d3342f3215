"""Projects as requesters and operators see them: approved, paused, planned again."""
