"""What others found: the numbers that the classics are held against, each with where it comes from.

"Paper": read in the publication, its abstract or the authors' own files. "Replication": read in somebody else's public
reconstruction. "Independent program": computed once by a program written apart from this one, after the same equations;
it checks the program, not the paper.
"""

from __future__ import annotations

#: March 1991, figure 1: knowledge at equilibrium by learning (p2) and, in columns, socialisation (p1).
#: Replication: output of github.com/Mac13kW/March_1991_Original, means of 10,000 runs.
SOCIALISATION = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
KNOWLEDGE = {
    0.1: (0.8633, 0.8171, 0.8051, 0.8021, 0.7994, 0.8032, 0.8060, 0.8090, 0.8132),
    0.5: (0.9543, 0.9088, 0.8691, 0.8371, 0.8106, 0.7867, 0.7679, 0.7540, 0.7421),
    0.9: (0.9724, 0.9404, 0.9081, 0.8737, 0.8401, 0.8067, 0.7796, 0.7561, 0.7284),
}
KNOWLEDGE_RUNS = 10_000
#: The same at p2 = 0.5 and p1 = 0.1, 0.5, 0.9 under the readings that are wrong. Independent program, 1,000 runs or more.
WRONG_READINGS = {"jumping": (0.933, 0.803, 0.707), "literal": (0.684, 0.460, 0.392)}

#: Oliva & Sterman 2001, reduced form with the paper's estimates, 10 per cent more orders from week 10. Independent program.
TIME_GIVEN_IN_WEEK_10 = 1.0161
STANDARD_IN_WEEK = {20: 1.0516, 52: 1.0054, 103: 0.9860}

#: Oliva & Sterman 2001, full model, constant inputs: hours per order held right, and staff. Independent program.
CENTRE_STEADY = {104: (1.0530, 77.81), 300: (1.0502, 76.00)}
CENTRE_GIVEN_IN_WEEK_60 = 1.0307
CENTRE_AFTER_PEAK = (1.0289, 74.45)
#: Standard before and 42 weeks after the peak, if standards rose as they fall.
CENTRE_SYMMETRIC = {104: 1.0839, 156: 1.0844}

#: Xie et al. 2011: the committed share that tips all (paper: about 10 %), and
#: the share that keeps the old opinion below it. Independent program.
CRITICAL_COMMITTED = 0.09789
OLD_OPINION = {0.02: 0.9582, 0.05: 0.8861, 0.08: 0.7896, 0.0975: 0.6700}

#: Centola et al. 2018, 24 people who remember 12: adoption by the others after 45 and 100 rounds, by number committed.
#: Independent program, 300 runs. Paper: groups tip at about a quarter.
CONVENTION_ADOPTED = {5: (0.03, 0.04), 6: (0.27, 0.78), 7: (0.87, 1.0), 8: (1.0, 1.0)}
CONVENTION_RUNS = 300

#: Granovetter 1978, mean readiness 25 per cent: who joins, by its standard deviation, and where that jumps.
#: Independent program; replications give about 6 per cent below 0.12 and nearly all above.
JOINED = {0.10: 0.0077, 0.11: 0.0171, 0.12: 0.0402, 0.122: 0.0548, 0.1225: 1.0}
CRITICAL_DEVIATION, JOINED_BELOW = 0.12222, 0.0615

#: Centola 2010: adoption on the clustered and on the random networks. Read in a report on the paper, not in the paper.
ADOPTED_CLUSTERED, ADOPTED_RANDOM = 0.54, 0.38
