"""The site's home is README.md, and notebooks are pages too.

Links to files beside docs/ become plain text, for the site does not have them.
"""

import json
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]


def on_files(files, config):
    """Add README.md as index.md, with its links as seen from docs/, and a page for each notebook."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"\]\((?!https://|docs/)", "](../", text).replace("](docs/", "](").replace(".ipynb)", ".md)")
    files.append(File.generated(config, "index.md", content=text))
    for path in sorted((ROOT / "docs").glob("*.ipynb")):
        files.append(File.generated(config, f"{path.stem}.md", content=notebook_page(path)))
    return files


def notebook_page(path):
    """Return the cells of a notebook as Markdown, with a link to the notebook below the heading."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(path.read_text("utf-8"))["cells"]]
    texts = [f"```python\n{source}\n```" if kind == "code" else source for kind, source in cells]
    heading, _, rest = texts[0].partition("\n")
    return "\n\n".join([heading, f"This page is a [notebook]({path.name}).", rest, *texts[1:]])


def on_page_markdown(markdown, **_):
    """Leave the text of links that lead out of docs/."""
    return re.sub(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", markdown)
