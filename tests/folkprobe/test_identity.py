"""What a figure says of its own making."""

from folkprobe.identity import Identity, current_identity, find_identities, working_as


def test_an_identity_holds_in_its_block_and_is_found_in_text():
    identity = Identity("plot_lines", "0f" * 32)
    with working_as(identity):
        assert current_identity() == identity
    assert current_identity() is None
    text = str(identity)
    assert find_identities(f"<dc:identifier>{text}</dc:identifier> and again {text}") == [text]
    assert find_identities(text[:-1]) == []
