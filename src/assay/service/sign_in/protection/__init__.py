"""What protects accounts: tries are counted, secrets encrypted, weak passwords refused, owners told."""
