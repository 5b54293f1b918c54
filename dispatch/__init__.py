"""What happens: from a location report to a team assigned by a person."""
