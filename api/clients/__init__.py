"""What we ask of others: location servers of operators, within bounds of time and size."""
