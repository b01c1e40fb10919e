"""Read back how a PDF of ours is tagged: its language, its title, and the elements that a screen reader walks."""

import re
from dataclasses import dataclass

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.S)


@dataclass
class Tags:
    """`elements` are the kinds of all structure elements, `pictures` the words that stand for each figure."""

    language: str
    is_marked: bool
    conforms: str
    title: str
    elements: list[str]
    pictures: list[str]
    links: list[str]


def read_tags(pdf: bytes) -> Tags:
    objects = dict(OBJECT.findall(pdf))
    catalogue = next(body for body in objects.values() if b"/Type/Catalog" in body)
    root = objects[_reference(catalogue, b"StructTreeRoot")]
    elements: list[str] = []
    pictures: list[str] = []
    for number in re.findall(rb"(\d+) 0 R", re.search(rb"/K\[([^\]]*)\]", root)[1]):  # type: ignore[index]
        _walk(number, objects, elements, pictures)
    information = re.search(rb"<pdfuaid:part>(\d)</pdfuaid:part>", pdf)
    return Tags(
        language=re.search(rb"/Lang\(([^)]*)\)", catalogue)[1].decode(),  # type: ignore[index]
        is_marked=b"/Marked true" in catalogue,
        conforms=information[1].decode() if information else "",
        title=_text(re.search(rb"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", pdf, re.S)),
        elements=elements,
        pictures=pictures,
        links=[one.decode() for one in re.findall(rb"/URI\(([^)]*)\)", pdf)],
    )


def _walk(number: bytes, objects: dict[bytes, bytes], elements: list[str], pictures: list[str]) -> None:
    body = objects[number]
    kind = re.search(rb"/S/(\w+)", body)
    if b"/Type/StructElem" not in body or kind is None:
        return
    elements.append(kind[1].decode())
    if kind[1] == b"Figure":
        pictures.append(_alt(body))
    kids = re.search(rb"/K\[((?:[^\[\]]|\[[^\]]*\])*)\]", body)
    for kid in re.findall(rb"(?:^|[ \[])(\d+) 0 R", kids[1]) if kids else ():
        _walk(kid, objects, elements, pictures)


def _alt(body: bytes) -> str:
    plain = re.search(rb"/Alt\(((?:[^\\()]|\\.)*)\)", body, re.S)
    if plain:
        return plain[1].decode("latin-1")
    coded = re.search(rb"/Alt<([0-9A-Fa-f]+)>", body)
    return bytes.fromhex(coded[1].decode()).decode("utf-16") if coded else ""


def _text(found: "re.Match[bytes] | None") -> str:
    return found[1].decode() if found else ""


def _reference(body: bytes, name: bytes) -> bytes:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, (name, body[:200])
    return found[1]
