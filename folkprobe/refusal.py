"""How folkprobe reports bad input."""


class Refusal(ValueError):
    """Bad input, reported in one sentence that names the cause (file, key or token) and the remedy.

    Jobs and the command line print the sentence and nothing else; any other exception is a defect of folkprobe and
    keeps its traceback.
    """
