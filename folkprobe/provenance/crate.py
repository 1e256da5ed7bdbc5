"""The manifest of a study as a Provenance Run Crate that other programs can read.

Profile: https://w3id.org/ro/wfrun/provenance/0.5, on RO-Crate 1.1.
"""

import hashlib
import json
from collections.abc import Collection
from importlib.metadata import version

from rocrate.model import ComputationalWorkflow, ContextEntity, File
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
# RO-Crate 1.1 has no term for a digest; this one is from the profiles.
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_FORMATS = {
    ".abc": "text/vnd.abc",
    ".csv": "text/csv",
    ".h5": "application/x-hdf5",
    ".json": "application/json",
    ".mid": "audio/midi",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def describe_crate(manifest: dict, *, model: str, kept: Collection[str], workflow_sha256: str, citation: dict) -> dict:
    """Describe a study as an RO-Crate whose root is `results/{model}`.

    Parameters
    ----------
    manifest : dict
        The content of `provenance.json`.
    model : str
    kept : collection of str
        Recorded paths of the files that remain in the results folder; other files that jobs read or wrote are listed by
        name and digest.
    workflow_sha256 : str
        Digest of the Snakefile, which is part of the crate.
    citation : dict
        CITATION.cff: title, version, date-released and license of folkprobe.

    Returns
    -------
    dict
        The JSON-LD; identical for identical studies: the date is that of folkprobe's version, not of the run.
    """
    return _Crate(manifest, f"results/{model}/", set(kept), citation).described(model, workflow_sha256)


class _Crate:
    def __init__(self, manifest: dict, prefix: str, kept: set[str], citation: dict) -> None:
        self._jobs = manifest["jobs"]
        self._prefix, self._kept, self._citation = prefix, kept, citation
        self._crate = ROCrate(version="1.1")
        self._files: dict[str, Entity] = {}

    def described(self, model: str, workflow_sha256: str) -> dict:
        crate, citation = self._crate, self._citation
        crate.metadata.extra_terms.update(_TERMS)
        root = crate.root_dataset
        root["name"] = f"Study of {model} by folkprobe {citation['version']}"
        root["description"] = citation["title"]
        root["datePublished"] = str(citation["date-released"])
        root["license"] = self._add(
            f"https://spdx.org/licenses/{citation['license']}", "CreativeWork", name=citation["license"]
        )
        root["conformsTo"] = [
            self._add(url, "CreativeWork", name=name, version=url.rpartition("/")[2]) for url, name in _PROFILES.items()
        ]
        rules = sorted({record["rule"] for record in self._jobs.values()})
        engine = self._add(
            "#snakemake",
            ["SoftwareApplication", "ComputerLanguage"],
            name="Snakemake",
            version=version("snakemake"),
            url="https://snakemake.readthedocs.io",
        )
        tools = {rule: self._tool(rule) for rule in rules}
        steps = {
            rule: self._add(f"#step/{rule}", "HowToStep", name=rule, position=str(number), workExample=tools[rule])
            for number, rule in enumerate(rules, start=1)
        }
        workflow = crate.add(
            ComputationalWorkflow(
                crate,
                dest_path="Snakefile",
                properties={
                    "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
                    "name": citation["title"],
                    "version": citation["version"],
                    "sha256": workflow_sha256,
                },
            )
        )
        crate.mainEntity = workflow
        workflow["programmingLanguage"] = engine
        workflow["hasPart"] = list(tools.values())
        workflow["step"] = list(steps.values())
        actions = {name: self._action(name, tools[record["rule"]]) for name, record in self._jobs.items()}
        controls = [
            self._add(
                f"#control/{name}",
                "ControlAction",
                name=f"orchestrate {name}",
                instrument=steps[self._jobs[name]["rule"]],
                object=action,
            )
            for name, action in actions.items()
        ]
        run = self._add(
            "#run",
            "CreateAction",
            name=f"study of {model}",
            instrument=workflow,
            object=[self._files[path] for path in self._sources()],
            result=[self._files[path] for path in sorted(self._kept & self._files.keys())],
        )
        organised = self._add("#organize", "OrganizeAction", name="Snakemake's run", instrument=engine, result=run)
        organised["object"] = controls
        root["mentions"] = [run, *actions.values()]
        return crate.metadata.generate()

    def _add(self, identifier: str, kind: str | list[str], /, **properties: object) -> Entity:
        entity = self._crate.add(ContextEntity(self._crate, identifier, properties={"@type": kind}))
        for name, value in properties.items():
            entity[name] = value
        return entity

    def _sources(self) -> list[str]:
        written = {each["path"] for record in self._jobs.values() for each in record["outputs"]}
        return sorted({each["path"] for record in self._jobs.values() for each in record["inputs"]} - written)

    def _file(self, path: str, sha256: str) -> Entity:
        if path not in self._files:
            if path in self._kept:
                place = path.removeprefix(self._prefix)
                suffix = "." + place.rpartition(".")[2]
                about = {"name": place, "sha256": sha256}
                if suffix in _FORMATS:
                    about["encodingFormat"] = _FORMATS[suffix]
                self._files[path] = self._crate.add(File(self._crate, dest_path=place, properties=about))
            else:
                self._files[path] = self._add(f"#file/{path}", "CreativeWork", name=path, sha256=sha256)
        return self._files[path]

    def _tool(self, rule: str) -> Entity:
        records = [record for record in self._jobs.values() if record["rule"] == rule]
        code = hashlib.sha256(json.dumps(records[0]["library"], sort_keys=True).encode()).hexdigest()
        packages = dict(pair for record in records for pair in record["environment"]["distributions"].items()) | {
            "python": records[0]["environment"]["python"]
        }
        return self._add(
            f"#tool/{rule}",
            "SoftwareApplication",
            name=records[0]["script"],
            version=code,
            softwareRequirements=[
                self._add(f"#software/{name}/{of}", "SoftwareApplication", name=name, version=of)
                for name, of in sorted(packages.items())
            ],
        )

    def _action(self, name: str, tool: Entity) -> Entity:
        record = self._jobs[name]
        config = self._add(
            f"#job/{name}/config",
            "PropertyValue",
            name="config",
            value=json.dumps(record["config"], sort_keys=True, ensure_ascii=False),
        )
        return self._add(
            f"#job/{name}",
            "CreateAction",
            name=name,
            identifier=f"folkprobe:{record['rule']}:sha256:{record['fingerprint']}",
            instrument=tool,
            object=[*(self._file(each["path"], each["sha256"]) for each in record["inputs"]), config],
            result=[self._file(each["path"], each["sha256"]) for each in record["outputs"]],
        )
