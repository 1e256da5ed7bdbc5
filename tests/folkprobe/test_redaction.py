"""What is secret in an address is shown nowhere."""

import pytest

from folkprobe.network.source import fetch_checkpoint
from folkprobe.provenance.record import begin_record
from folkprobe.redaction import refuse_user_information, without_query, without_secrets
from folkprobe.refusal import Refusal

SIGNED = "https://a.example/model.pkl?X-Signature=geheim&x=1#part"


def test_a_query_becomes_a_digest_that_tells_it_from_others():
    shown = without_query(f"see {SIGNED} and https://a.example/b")
    assert shown.startswith("see https://a.example/model.pkl#query-")
    assert shown.endswith(" and https://a.example/b")
    assert "geheim" not in shown
    assert without_query(shown) == shown
    assert without_query(SIGNED) != without_query(SIGNED.replace("geheim", "other"))
    assert without_secrets({"a": [SIGNED, 1, None]}) == {"a": [without_query(SIGNED), 1, None]}


def test_records_and_messages_have_no_query(tmp_path):
    job = {"config": {"source": SIGNED}, "library": {}, "packages": []}
    assert "geheim" not in str(begin_record(rule="fetch_checkpoint", wildcards={}, job=job, inputs=[]))
    with pytest.raises(Refusal) as refused:
        fetch_checkpoint(f"nowhere://{SIGNED.partition('://')[2]}", tmp_path / "a", pause_seconds=0)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://user:geheim@a.example/x", "https://geheim@a.example/", "http://[geheim@x"])
def test_a_password_is_refused_and_not_repeated(url, tmp_path):
    for attempt in (lambda: refuse_user_information(url, "key"), lambda: fetch_checkpoint(url, tmp_path / "a")):
        with pytest.raises(Refusal, match="user's name or password") as refused:
            attempt()
        assert "geheim" not in str(refused.value)
