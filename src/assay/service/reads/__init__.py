"""What people and scripts can see."""
