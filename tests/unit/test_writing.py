from viral_forge_resources.media._sight import Found
from viral_forge_resources.media._writing import Reading, texts


def _found(text: str, *, y: float = 0.8) -> Found:
    return Found(x=0.1, y=y, width=0.4, height=0.1, certainty=0.9, text=text)


def _texts(*readings: tuple[float, list[Found]]):
    return texts(
        [Reading(at_s=at_s, found=tuple(found)) for at_s, found in readings],
        start_s=2.0,
        end_s=14.0,
        size_px=(1000, 500),
    )


def test_a_text_may_stand_from_the_reading_before_it_up_to_the_one_after_it():
    (text,) = _texts((2.5, []), (6.5, [_found("NEWS")]), (10.5, []))

    assert (text.text, text.start_s, text.end_s) == ("NEWS", 2.5, 10.5)
    assert (text.box.x_px, text.box.right_px, text.box.y_px) == (100, 500, 400)


def test_a_text_of_every_reading_stands_all_the_shot():
    (text,) = _texts((2.5, [_found("NEWS")]), (6.5, [_found("NEWS")]))

    assert (text.start_s, text.end_s) == (2.0, 14.0)


def test_a_text_that_comes_again_is_another_one():
    first, second = _texts((2.5, [_found("ONE")]), (6.5, []), (10.5, [_found("TWO")]))

    assert (first.end_s, second.start_s) == (6.5, 6.5)


def test_texts_at_other_places_are_others():
    found = [_found("ABOVE", y=0.1), _found("BELOW")]

    assert [text.text for text in _texts((2.5, found), (6.5, found))] == ["ABOVE", "BELOW"]


def test_where_nothing_was_read_there_is_no_text():
    assert _texts() == ()
