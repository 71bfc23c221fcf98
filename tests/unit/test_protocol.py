"""protocol.yml is checked when it is read: what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.run.triage_graph import PICTURE, protocol_digest
from bot.triage import ProtocolError, load_protocol
from bot.triage.load import PROTOCOL_FILE

SOUND = PROTOCOL_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: duration", "kind: guess", "kind|unexpected value"),
        ("    kind: severity", "    kind: choice", "a choice needs options"),
        ("flag: fever,", "flag: feever,", "no red flag 'feever'"),
        ("flag: fever,", "flag: fever, disposition: emergency, row: 10,", "names a flag and a disposition"),
        ("disposition: see_clinician, row: 10", "disposition: see_clinician", "needs the row"),
        ("disposition: see_clinician, row: 10", "disposition: doom, row: 10", "disposition|enumeration"),
        (", reason: a fever or chills", "", "needs the reason"),
        (
            "{of: [age_group], is: [child, adult, not_sure]}",
            "{of: [age_group], is: [baby]}",
            "pregnancy can never be asked",
        ),
        ("{of: [age_group], is:", "{of: [star_sign], is:", "'star_sign' is not asked before it"),
        ("{of: [pain_trigger, worse_with], says:", "{of: [bladder_bowel], says:", "hop can never be asked"),
        ("  - disposition: crisis\n", "  - disposition: routine\n", "crisis needs one outcome"),
        (
            "cancer_weight_loss: cancer, leg",
            "cancer_weight_loss: gone, leg",
            "no question 'cancer_weight_loss' with an option",
        ),
        ("fits: {worse_with:", "fits: {bladder_bowel:", "no open question 'bladder_bowel'"),
        ("    why: Fever together", "    whi: Fever together", "field required"),
        ("  - slot: hop", "  - slot: age_group", "filled twice"),
        ("questions:\n", "questions: [\n", "no YAML"),
    ],
)
def test_a_fault_is_refused_and_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in SOUND
    file = tmp_path / "protocol.yml"
    file.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        load_protocol(file)


@pytest.mark.parametrize(
    ("old", "new"),
    [("flag: fever,", "flag: feever,"), ("{of: [age_group], is: [child, adult, not_sure]}", "{of: [nobody], is: [x]}")],
)
def test_the_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    line = next(number for number, text in enumerate(SOUND.splitlines(), start=1) if old in text)
    file = tmp_path / "protocol.yml"
    file.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        load_protocol(file)
    named = int(str(caught.value).split("line ")[1].split(":")[0])
    assert abs(named - line) <= 1


def test_the_reviewed_protocol_is_sound() -> None:
    assert load_protocol().slots


def test_the_picture_in_the_documents_is_of_this_protocol() -> None:
    assert protocol_digest() in PICTURE.read_text(encoding="utf-8"), "draw it anew: make triage-graph"
