"""Names in the lesion study's design: kinds of sets, the prespecified outcome and contrast, and the tests."""

TARGETED, RANDOM, ACTIVITY_MATCHED, BOTTOM = "targeted", "random", "activity_matched", "bottom"
# Kinds of sets of units, in the order of figures; only the kind random has several sets.
KINDS = (TARGETED, RANDOM, ACTIVITY_MATCHED, BOTTOM)
# Kinds of which a family with controls has one set each.
CONTROLS = (ACTIVITY_MATCHED, BOTTOM)
# The kind of the intact network.
INTACT = "intact"

# Prespecified, as named in effects.csv and outcomes.csv.
PRIMARY_OUTCOME = "share_of_wrong_bars"
PRIMARY_CONTRAST = f"{TARGETED} - {RANDOM}"

# With fewer random sets the study describes and does not test: 20 and the targeted one are 21, of which 1 is 4.8 %.
FEWEST_SETS_TO_TEST = 20
