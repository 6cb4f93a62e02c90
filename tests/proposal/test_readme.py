"""The section "Your own data" of the README does what it says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from tests.proposal.exports import EXPORTS, refund_column, shopify

ROOT = Path(__file__).parents[2]


def run(root, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env=os.environ | {"ANALYSIS_ROOT": str(root), "PYTHONPATH": str(ROOT / "src")},
    )


def commands():
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your own data")[1].split("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.strip()]


@pytest.mark.slow
def test_the_steps_of_the_readme_lead_from_an_export_to_a_report(tmp_path):
    (tmp_path / "notebooks").mkdir()
    name = "01_month_at_a_glance.ipynb"
    (tmp_path / "notebooks" / name).write_bytes((ROOT / "notebooks" / name).read_bytes())
    (export,) = refund_column(tmp_path)
    Path(export).rename(tmp_path / "sales.csv")
    steps = commands()
    assert [step[:4] for step in steps] == [["python", "-m", "analysis", name] for name in ("new", "cutoffs", "report")]
    for step in steps:
        done = run(tmp_path, *step[3:])
        assert (done.returncode, done.stderr if done.returncode else "") == (0, "")
    assert (tmp_path / "reports" / "my-shop" / "2024-02" / "en" / "index.html").exists()
    assert "make cutoffs report DATASET=" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_new_prints_the_proposal_its_warnings_and_the_next_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    assert main(["new", "shop", "--from", *shopify(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "customer_id = Email" in told
    assert "look at this: Email: the ids are email addresses" in told
    assert "make cutoffs report DATASET=shop" in told
    assert "python -m analysis cutoffs --dataset shop && python -m analysis report --dataset shop" in told


def test_a_choice_that_is_open_ends_with_exit_code_2_and_the_file_to_edit(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    assert main(["new", "shop", "--from", *EXPORTS["ambiguous_dates"](tmp_path)]) == 2
    assert "One line must be chosen before a report can run: look for REQUIRED in" in capsys.readouterr().out
    assert (tmp_path / "data" / "shop" / "dataset.yaml").exists()


def test_a_mistake_is_one_message(tmp_path):
    done = run(tmp_path, "new", "Shop", "--from", "nothing.csv")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.startswith("error: NAME: not a name for a dataset.")
