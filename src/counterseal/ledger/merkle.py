"""The Merkle tree hash over a list (RFC 6962, section 2.1), and proofs that something is in it or that it only grew.

Sizes are passed in, never read from a proof: a proof is a list of digests and says nothing about itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

# RFC 6962, section 2.1: leaves and nodes are hashed apart, so that no node is taken for a leaf.
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of one leaf."""
    return hashlib.sha256(_LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two halves."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps one digest for each of its whole subtrees, largest first."""

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """Go on from a size and its nodes; there are as many nodes as the size has bits that are set.

        Raises:
            ValueError: the nodes are not those of a tree of that size.
        """
        if size < 0 or size.bit_count() != len(nodes):
            raise ValueError("a tree has one node for each bit that is set in its size")
        self.size = size
        self._nodes = list(nodes)

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """Return the digests of its whole subtrees, largest first: enough to go on from here."""
        return tuple(self._nodes)

    def add(self, content: bytes) -> None:
        """Add one leaf."""
        node, size = leaf_hash(content), self.size
        while size & 1:
            node = node_hash(self._nodes.pop(), node)
            size >>= 1
        self._nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree hash; that of an empty tree is the SHA-256 of nothing."""
        if not self._nodes:
            return hashlib.sha256(b"").digest()
        # The subtrees shrink to the right, so the last two are joined first: MTH splits at the largest power of two.
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = node_hash(node, root)
        return root


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """Return the tree hash over the contents of leaves: MTH of RFC 6962, section 2.1."""
    tree = Tree()
    for content in leaves:
        tree.add(content)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return what joins the leaf at `index` (from 0) with the root: PATH of RFC 6962, section 2.1.1.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), tree_hash(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), tree_hash(leaves[:split])]


def inclusion_path(contents: Iterator[bytes], size: int, index: int) -> tuple[bytes, list[bytes]]:
    """Return the root over the first `size` contents and the proof for `index`, holding none of the contents.

    Raises:
        IndexError: there is no such leaf, or there are fewer contents.
    """
    if not 0 <= index < size:
        raise IndexError(f"there is no leaf {index} among {size}")
    path: list[bytes] = []

    def descend(first: int, end: int) -> bytes:
        """Return the hash of a part; the path grows from the leaf up while the parts that hold it are left."""
        if not first <= index < end:
            return _tree_of(contents, end - first)
        if end - first == 1:
            return _tree_of(contents, 1)
        middle = first + _split(end - first)
        left = descend(first, middle)
        right = descend(middle, end)
        path.append(right if index < middle else left)
        return node_hash(left, right)

    return descend(0, size), path


def _tree_of(contents: Iterator[bytes], count: int) -> bytes:
    tree = Tree()
    for content in islice(contents, count):
        tree.add(content)
    if tree.size < count:
        raise IndexError("there are fewer leaves than the tree has")
    return tree.root()


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return what shows that the tree grew from its first `old_size` leaves: PROOF of RFC 6962, section 2.1.2.

    Raises:
        IndexError: the tree never had that size, or it was empty then, which every tree grew from.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves proves nothing about {old_size}")
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), tree_hash(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, whole=False), tree_hash(leaves[:split])]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether `leaf`, a hash, is the leaf `index` of the tree, as the proof shows (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for node in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(node, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, node)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def grew(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Say whether the proof shows that the tree `new` (size, root) grew from `old` (RFC 9162, section 2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else [*proof]
    if not path:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = node_hash(node, was), node_hash(node, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, node)
        place, last = place >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
