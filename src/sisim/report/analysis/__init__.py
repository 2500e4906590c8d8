"""What the reports on experiments show: what decides an answer, and how sure it is."""
