"""What a figure says of its own making."""

from folkprobe.identity import Identity, current_identity, find_identity, working_as


def test_an_identity_holds_in_its_block_and_is_found_in_text():
    identity = Identity("plot_lines", "0f" * 32)
    with working_as(identity):
        assert current_identity() == identity
    assert current_identity() is None
    assert find_identity(f"<dc:identifier>{identity}</dc:identifier>") == identity
    assert find_identity(str(identity)[:-1]) is None
