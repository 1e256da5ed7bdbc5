"""The numbers and words that a study computes for the claims of the articles."""

# A claim's id and what was computed, with its unit; its value, nan where there is nothing to measure, and a second one
# under the opposite sign of a singular direction where it depends on a sign that the article leaves open.
Value = tuple[tuple[str, str], tuple[float | str, ...]]
Values = dict[tuple[str, str], tuple[float | str, ...]]
