"""Mobile Location Protocol of the OMA, as the operators' location servers speak it."""
