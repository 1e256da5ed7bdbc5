"""The words of the lesion study's design: kinds of sets, what was named before looking, and what tests it."""

TARGETED, RANDOM, ACTIVITY_MATCHED, BOTTOM = "targeted", "random", "activity_matched", "bottom"
# Kinds of sets of units, as they stand side by side; only random sets are several.
KINDS = (TARGETED, RANDOM, ACTIVITY_MATCHED, BOTTOM)
# What there is one set of in a family with controls.
CONTROLS = (ACTIVITY_MATCHED, BOTTOM)
# The kind of the network of which nothing is cut out.
INTACT = "intact"

# What was named before looking; in effects.csv and outcomes.csv.
PRIMARY_OUTCOME = "share_of_wrong_bars"
PRIMARY_CONTRAST = f"{TARGETED} - {RANDOM}"

# With fewer random sets the study describes and does not test: 20 and the targeted one are 21, of which 1 is 4.8 %.
FEWEST_SETS_TO_TEST = 20
