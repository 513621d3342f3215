"""Pages of operators, administrators and auditors."""
