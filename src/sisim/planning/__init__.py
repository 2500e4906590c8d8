"""Where the needs are, how it should go, what it takes at full scale: what is asked before a start.

The steps of question 2 that lie around a decision: the analysis of needs, the plan of follow-up and
the implementation. It is written by those who have people, prices and outcomes at hand, so it may
import from every room but reports.
"""
