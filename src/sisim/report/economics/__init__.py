"""What the reports on money show: who pays and gains, contracts, repayment to a fund."""
