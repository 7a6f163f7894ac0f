"""The tree hash of RFC 6962, and proofs that hold for what they prove and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.ledger.merkle import (
    Tree,
    consistency_proof,
    grew,
    includes,
    inclusion_path,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_hash,
)

# The leaves, and the roots of their first 0 to 8, that implementations of Certificate Transparency test with.
LEAVES = [
    bytes.fromhex(it)
    for it in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

trees = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_hash(LEAVES[:size]).hex() == ROOTS[size]


def definition(leaves: list[bytes]) -> bytes:
    """Return the tree hash as RFC 6962, section 2.1, defines it, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = max(power for power in (1, 2, 4, 8, 16, 32) if power < len(leaves))
    return hashlib.sha256(b"\x01" + definition(leaves[:split]) + definition(leaves[split:])).digest()


@given(trees)
def test_a_tree_that_grew_has_the_hash_of_the_definition(leaves: list[bytes]) -> None:
    assert tree_hash(leaves) == definition(leaves)


@given(trees, st.data())
def test_a_tree_goes_on_from_its_nodes(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(leaves)))
    first = Tree()
    for content in leaves[:size]:
        first.add(content)

    rest = Tree(first.size, first.nodes)
    for content in leaves[size:]:
        rest.add(content)

    assert (rest.size, rest.root()) == (len(leaves), tree_hash(leaves))


@pytest.mark.parametrize(("size", "nodes"), [(-1, []), (1, []), (2, [b"x", b"y"]), (0, [b"x"])])
def test_nodes_that_are_not_those_of_the_size_are_refused(size: int, nodes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="one node for each bit"):
        Tree(size, nodes)


@given(trees, st.data())
def test_every_leaf_is_proved_to_be_in_the_tree(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))

    proof = inclusion_proof(leaves, index)

    assert includes(tree_hash(leaves), len(leaves), index, leaf_hash(leaves[index]), proof)


@given(trees, st.data())
def test_any_change_breaks_a_proof_of_inclusion(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), tree_hash(leaves)
    index = data.draw(st.integers(0, size - 1))
    leaf, proof = leaf_hash(leaves[index]), inclusion_proof(leaves, index)
    bit = 1 << data.draw(st.integers(0, 255))
    changed = [[*proof[:at], flipped(node, bit), *proof[at + 1 :]] for at, node in enumerate(proof)]

    assert not includes(root, size, index, flipped(leaf, bit), proof)
    assert not includes(flipped(root, bit), size, index, leaf, proof)
    assert not any(includes(root, size, index, leaf, other) for other in changed)
    assert not includes(root, size, index, leaf, [*proof, leaf])
    assert not any(includes(root, size, index, leaf, proof[:at]) for at in range(len(proof)))
    assert not includes(root, size, size, leaf, proof)
    assert not includes(root, size, -1, leaf, proof)


@given(st.integers(1, 40), st.data())
def test_a_proof_of_inclusion_holds_for_its_place_alone(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    leaf, proof = leaf_hash(leaves[index]), inclusion_proof(leaves, index)

    assert [it for it in range(size) if includes(tree_hash(leaves), size, it, leaf, proof)] == [index]


@given(trees, st.data())
def test_every_earlier_size_is_proved_to_be_one_the_tree_grew_from(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))

    proof = consistency_proof(leaves, size)

    assert grew((size, tree_hash(leaves[:size])), (len(leaves), tree_hash(leaves)), proof)


@given(trees, st.data())
def test_any_change_breaks_a_proof_of_consistency(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    old, new = (size, tree_hash(leaves[:size])), (len(leaves), tree_hash(leaves))
    proof = consistency_proof(leaves, size)
    bit = 1 << data.draw(st.integers(0, 255))
    changed = [[*proof[:at], flipped(node, bit), *proof[at + 1 :]] for at, node in enumerate(proof)]

    assert not grew((size, flipped(old[1], bit)), new, proof)
    assert not grew(old, (new[0], flipped(new[1], bit)), proof)
    assert not any(grew(old, new, other) for other in changed)
    assert not grew(old, new, [*proof, new[1]])
    assert not any(grew(old, new, proof[:at]) for at in range(len(proof)))
    assert not grew((0, old[1]), new, proof)
    assert not grew((new[0] + 1, old[1]), new, proof)


@given(trees, st.data())
def test_a_tree_whose_past_was_altered_has_no_proof_of_consistency(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    place = data.draw(st.integers(0, size - 1))
    altered = [*leaves]
    altered[place] += b"!"

    proof = consistency_proof(altered, size)

    assert not grew((size, tree_hash(leaves[:size])), (len(leaves), tree_hash(altered)), proof)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_a_proof_made_while_reading_is_the_one_of_the_definition(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))

    made = inclusion_path(iter(leaves), size, index)

    assert made == (tree_hash(leaves[:size]), inclusion_proof(leaves[:size], index))


@pytest.mark.parametrize(("size", "index"), [(3, 0), (1, 1), (1, -1), (0, 0)])
def test_a_proof_made_while_reading_needs_as_many_leaves_as_the_tree_has(size: int, index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_path(iter([b"a", b"b"]), size, index)


def test_a_proof_about_nothing_is_refused() -> None:
    with pytest.raises(IndexError, match="no leaf 8 among 8"):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError, match="about 0"):
        consistency_proof(LEAVES, 0)
    with pytest.raises(IndexError, match="about 9"):
        consistency_proof(LEAVES, 9)


def test_a_node_is_never_taken_for_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert node_hash(left, right) != leaf_hash(left + right)


def flipped(digest: bytes, bit: int) -> bytes:
    """Return the digest with one bit changed."""
    return (int.from_bytes(digest, "big") ^ bit).to_bytes(32, "big")
