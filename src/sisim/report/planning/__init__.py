"""What the reports on planning show: where the needs are, how it goes, what full scale takes."""
