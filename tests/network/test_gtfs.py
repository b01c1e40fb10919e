"""Any GTFS feed is read, and a broken one is refused whole with every mistake named."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

import planner.data
from planner.errors import Invalid
from planner.network import gtfs_rows
from planner.network.gtfs import FeedError, FeedRefused, read_feed

SHIPPED = Path(planner.data.__file__).parent / "gtfs"

FERRY = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,North Ferries,https://ferry.example/,Asia/Tokyo\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,zone_id\n"
    "north,Muroran,42.32,140.97,N\nmid,Halfway,41.0,141.5,M\nsouth,Miyako,39.62,141.96,S\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nR,A,,Miyako - Muroran,4\n",
    "trips.txt": "route_id,service_id,trip_id,direction_id\nR,daily,down,0\nR,weekend,up,1\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "down,20:00:00,20:00:00,north,1\ndown,,,mid,2\ndown,30:00:00,30:00:00,south,5\n"
    "up,8:00:00,8:00:00,south,1\nup,18:00:00,18:00:00,north,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "daily,1,1,1,1,1,1,1,20270101,20271231\nweekend,0,0,0,0,0,1,1,20270101,20271231\n",
}
Files = dict[str, str]
Feed = Callable[..., Path]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """Give a maker of feeds: the ferry with some files replaced, added or (None) left out."""

    def make(**changes: str | None) -> Path:
        folder = tmp_path / "feed"
        folder.mkdir(exist_ok=True)
        for name, text in {**FERRY, **{f"{name}.txt": text for name, text in changes.items()}}.items():
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return folder

    return make


def refusal(folder: Path) -> tuple[FeedError, ...]:
    with pytest.raises(FeedRefused) as refused:
        read_feed(folder)
    return refused.value.errors


WHOLE = {
    **FERRY,
    "calendar_dates.txt": "service_id,date,exception_type\ndaily,20270308,2\nextra,20270309,1\n",
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs,exact_times\ndown,06:00:00,09:00:00,3600,1\n",
    "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nnorth,mid,2,600\n",
    "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nF,6000,JPY,1,0\n",
    "fare_rules.txt": "fare_id,route_id,origin_id,destination_id\nF,R,N,S\n",
    "networks.txt": "network_id,network_name\nN,North\n",
    "route_networks.txt": "network_id,route_id\nN,R\n",
    "rider_categories.txt": "rider_category_id,rider_category_name\nchild,Child\n",
    "fare_products.txt": "fare_product_id,rider_category_id,amount,currency\nP,child,12.50,EUR\n",
    "fare_leg_rules.txt": "network_id,fare_product_id\nN,P\n",
}


def test_a_small_ferry_feed_is_read_whole(feed: Feed) -> None:
    found = read_feed(feed())
    assert found.counts() == {"stops": 3, "routes": 1, "trips": 2, "stop_times": 5, "services": 2}
    assert found.zone == "Asia/Tokyo" and found.warnings == ()
    assert found.stop_lat[0] == 42.32 and list(found.route_type) == [4]
    assert list(found.trip_direction) == [0, 1]
    down = slice(found.stop_times.first[0], found.stop_times.first[1])
    assert list(found.stop_times.stop[down]) == [0, 1, 2]
    assert list(found.stop_times.depart_s[down]) == [72000, 90000, 108000], "the blank time lies halfway"


def test_a_service_runs_on_its_days_and_exceptions(feed: Feed) -> None:
    found = read_feed(
        feed(
            calendar_dates="service_id,date,exception_type\nweekend,20270104,1\nweekend,20270109,2\nextra,20270105,1\n"
        )
    )
    assert found.active_on("weekend", date(2027, 1, 2))
    assert found.active_on("weekend", date(2027, 1, 4)), "added"
    assert not found.active_on("weekend", date(2027, 1, 9)), "taken out"
    assert not found.active_on("weekend", date(2026, 12, 27)), "before its start"
    assert found.active_on("extra", date(2027, 1, 5)) and not found.active_on("extra", date(2027, 1, 6))
    assert not found.active_on("nobody", date(2027, 1, 5))
    assert found.services["weekend"].list_dates()[:3] == [date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 4)]


def test_blank_times_are_laid_by_distance_where_it_is_given(feed: Feed) -> None:
    found = read_feed(
        feed(
            stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
            "down,20:00:00,20:00:00,north,1,0\ndown,,,mid,2,25\n"
            "down,30:00:00,30:00:00,south,3,100\n"
        )
    )
    assert found.stop_times.arrive_s[1] == 72000 + 9000


def test_calls_may_stand_in_any_order_and_are_sorted_by_sequence(feed: Feed) -> None:
    lines = FERRY["stop_times.txt"].splitlines()
    found = read_feed(feed(stop_times="\n".join([lines[0], *reversed(lines[1:])]) + "\n"))
    assert list(found.stop_times.stop[:3]) == [0, 1, 2]
    assert list(found.stop_times.sequence[:3]) == [1, 2, 5]


def test_legal_oddities_are_accepted(feed: Feed) -> None:
    folder = feed(
        stops='\ufeff"stop_id" , "stop_name","stop_lat","stop_lon","platform, colour",location_type,parent_station\n'
        'north,"Muroran, the ""old"" pier\nby the light",42.32,140.97,red,0,port\n'
        "  mid , Halfway , 41.0 , 141.5 ,,,\n\nport,Port,42.3,140.9,,1,\nsouth,Miyako,39.62,141.96,blue,0,\n",
        frequencies="trip_id,start_time,end_time,headway_secs,exact_times\ndown,06:00:00,09:00:00,3600,1\n",
        shapes="shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nX,1,1,1\n",
        pathways=None,
        weird="this,is,not\nread,at,all\n",
    )
    found = read_feed(folder)
    assert found.stop_ids == ("north", "mid", "port", "south")
    assert found.tables["stops"].row(0)["platform, colour"] == "red"
    assert found.tables["stops"].get("stop_name")[0] == 'Muroran, the "old" pier\nby the light'
    assert list(found.stop_parent) == [2, -1, -1, -1] and found.stop_kind[2] == 1
    assert (found.frequencies[0].headway_s, found.frequencies[0].is_exact) == (3600, True)
    assert found.services.keys() == {"daily", "weekend"}


def test_a_line_number_counts_the_lines_inside_a_quoted_cell(feed: Feed) -> None:
    errors = refusal(
        feed(stops='stop_id,stop_name,stop_lat,stop_lon\nnorth,"a\nb",42,140\nmid,M,x,141\nsouth,S,39,141\n')
    )
    assert errors == (FeedError("stops.txt", 4, "stop_lat x is not a number from -90 to 90"),)


def test_a_short_row_is_filled_with_blanks_and_warned_of(feed: Feed) -> None:
    found = read_feed(
        feed(
            stops="stop_id,stop_name,stop_lat,stop_lon,zone_id,stop_code\n"
            "north,N,42,140,N\nmid,M,41,141,M,7\nsouth,S,39,141,S,9\n"
        )
    )
    assert found.tables["stops"].get("stop_code") == ["", "7", "9"]
    assert [str(warning) for warning in found.warnings] == [
        "stops.txt:2: has 5 values for 6 columns, the rest count as blank"
    ]


def test_a_zip_is_read_like_a_folder(feed: Feed, tmp_path: Path) -> None:
    folder = feed()
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert read_feed(tmp_path / "feed.zip").counts() == read_feed(folder).counts()


def test_a_zip_with_its_files_in_a_folder_says_so(feed: Feed, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        archive.writestr("inner/stops.txt", FERRY["stops.txt"])
    assert "belong at the top" in refusal(tmp_path / "feed.zip")[0].reason


def test_a_file_that_is_no_zip_and_a_path_that_is_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.zip").write_bytes(b"hello")
    assert "neither a folder nor a readable zip" in refusal(tmp_path / "feed.zip")[0].reason
    assert "no such folder" in refusal(tmp_path / "nowhere")[0].reason


def test_a_zip_with_a_spoilt_file_says_which(feed: Feed, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        for path in feed().iterdir():
            archive.write(path, path.name)
    content = (tmp_path / "feed.zip").read_bytes()
    (tmp_path / "feed.zip").write_bytes(content.replace(b"Miyako - Muroran", b"Miyako + Muroran"))
    errors = refusal(tmp_path / "feed.zip")
    assert errors[0].file == "routes.txt" and "cannot be unpacked" in errors[0].reason


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(
    feed: Feed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gtfs_rows, "MAX_FEED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "feed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", b"0" * 100_000)
    assert "unpacks to 100000 bytes" in refusal(tmp_path / "feed.zip")[0].reason


STOPS = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
CALLS = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
GOOD_UP = "up,8:00:00,8:00:00,south,1\nup,18:00:00,18:00:00,north,2\n"
WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
DAILY = "daily,1,1,1,1,1,1,1,20270101,20271231\n"
PLACES = "mid,M,41,141,,\nsouth,S,39,141,,\n"

BROKEN: list[tuple[str, Files | dict[str, None], str, int, str]] = [
    ("a file is missing", {"stops": None}, "stops.txt", 0, "is missing"),
    ("both calendars are missing", {"calendar": None}, "calendar.txt", 0, "so is calendar_dates.txt"),
    ("a column is missing", {"stops": "stop_id,stop_name,stop_lat\nnorth,N,42\n"}, "stops.txt", 2, "stop_lon is blank"),
    (
        "a needed column is missing",
        {"trips": "route_id,trip_id\nR,down\n"},
        "trips.txt",
        1,
        "lacks the column service_id",
    ),
    (
        "a column stands twice",
        {"routes": "route_id,route_type,route_type,route_long_name\nR,4,4,x\n"},
        "routes.txt",
        1,
        "names the column route_type 2 times",
    ),
    ("a file is empty", {"routes": ""}, "routes.txt", 1, "is empty"),
    (
        "a row is too long",
        {"routes": FERRY["routes.txt"] + "Q,A,,x,4,9,9\n"},
        "routes.txt",
        3,
        "has 7 values for 5 columns",
    ),
    (
        "an id stands twice",
        {"routes": FERRY["routes.txt"] + "R,A,,again,4\n"},
        "routes.txt",
        3,
        "route_id R stands twice",
    ),
    ("an id is blank", {"routes": FERRY["routes.txt"] + ",A,,again,4\n"}, "routes.txt", 3, "route_id is blank"),
    (
        "a trip has an unknown route",
        {"trips": "route_id,service_id,trip_id\nR,daily,down\nQ,daily,up\n"},
        "trips.txt",
        3,
        "route_id Q is no known route",
    ),
    (
        "a trip has an unknown service",
        {"trips": "route_id,service_id,trip_id\nR,daily,down\nR,x,up\n"},
        "trips.txt",
        3,
        "service_id x is no known service",
    ),
    (
        "a call has an unknown trip",
        {"stop_times": FERRY["stop_times.txt"] + "x,9:00:00,9:00:00,mid,1\n"},
        "stop_times.txt",
        7,
        "trip_id x is no known trip",
    ),
    (
        "a call has an unknown stop",
        {"stop_times": FERRY["stop_times.txt"] + "up,19:00:00,19:00:00,x,3\n"},
        "stop_times.txt",
        7,
        "stop_id x is no known stop",
    ),
    (
        "a route has an unknown agency",
        {"routes": "route_id,agency_id,route_long_name,route_type\nR,B,x,4\n"},
        "routes.txt",
        2,
        "agency_id B is no known agency",
    ),
    (
        "a route has no name",
        {"routes": "route_id,route_long_name,route_type\nR,,4\n"},
        "routes.txt",
        2,
        "neither a short nor a long name",
    ),
    (
        "a route is of no kind",
        {"routes": "route_id,route_long_name,route_type\nR,x,99\n"},
        "routes.txt",
        2,
        "route_type 99 is not a kind of route",
    ),
    (
        "a latitude is out of range",
        {"stops": STOPS + "north,N,142,140,,\n" + PLACES},
        "stops.txt",
        2,
        "stop_lat 142 is not a number from -90 to 90",
    ),
    (
        "a longitude is no number",
        {"stops": STOPS + "north,N,42,nan,,\n" + PLACES},
        "stops.txt",
        2,
        "stop_lon nan is not a number",
    ),
    ("a stop has no name", {"stops": STOPS + "north,,42,140,,\n" + PLACES}, "stops.txt", 2, "stop_name is blank"),
    (
        "a parent is no station",
        {"stops": STOPS + "north,N,42,140,0,mid\n" + PLACES},
        "stops.txt",
        2,
        "parent_station mid is no station",
    ),
    (
        "a parent is unknown",
        {"stops": STOPS + "north,N,42,140,0,x\n" + PLACES},
        "stops.txt",
        2,
        "parent_station x is no known stop",
    ),
    (
        "a boat calls at a station",
        {"stops": STOPS + "north,N,42,140,1,\n" + PLACES},
        "stop_times.txt",
        2,
        "stop_id north is a station",
    ),
    (
        "a time is nonsense",
        {"stop_times": CALLS + "down,20:00:00,20:60:00,north,1\ndown,21:00:00,21:00:00,mid,2\n"},
        "stop_times.txt",
        2,
        "departure_time 20:60:00 is not a time",
    ),
    (
        "time goes back",
        {"stop_times": CALLS + GOOD_UP + "down,20:00:00,20:00:00,north,1\ndown,19:00:00,19:00:00,south,2\n"},
        "stop_times.txt",
        5,
        "trip down arrives before it left",
    ),
    (
        "a boat leaves before it comes",
        {"stop_times": CALLS + GOOD_UP + "down,20:00:00,19:59:00,north,1\ndown,23:00:00,23:00:00,south,2\n"},
        "stop_times.txt",
        4,
        "trip down departs before it arrives",
    ),
    (
        "the first time is missing",
        {"stop_times": CALLS + GOOD_UP + "down,,,north,1\ndown,23:00:00,23:00:00,south,2\n"},
        "stop_times.txt",
        4,
        "trip down needs times at its first and last stop",
    ),
    (
        "a sequence stands twice",
        {"stop_times": CALLS + GOOD_UP + "down,1:00:00,1:00:00,north,3\ndown,2:00:00,2:00:00,south,3\n"},
        "stop_times.txt",
        5,
        "trip down has stop_sequence 3 twice",
    ),
    (
        "a sequence is no number",
        {"stop_times": CALLS + "down,1:00:00,1:00:00,north,first\n"},
        "stop_times.txt",
        2,
        "stop_sequence first is not a whole number",
    ),
    (
        "a date does not exist",
        {"calendar": WEEK + "daily,1,1,1,1,1,1,1,20270101,20270231\nweekend,0,0,0,0,0,1,1,20270101,20271231\n"},
        "calendar.txt",
        2,
        "end_date 20270231 is not a date",
    ),
    (
        "a service ends before it starts",
        {"calendar": WEEK + DAILY + "weekend,0,0,0,0,0,1,1,20271231,20270101\n"},
        "calendar.txt",
        3,
        "after its end",
    ),
    (
        "a weekday is neither 0 nor 1",
        {"calendar": WEEK + DAILY + "weekend,0,0,0,0,0,1,yes,20270101,20271231\n"},
        "calendar.txt",
        3,
        "sunday yes is not 0 or 1",
    ),
    (
        "a service stands twice",
        {"calendar": FERRY["calendar.txt"] + DAILY},
        "calendar.txt",
        4,
        "service_id daily stands twice",
    ),
    (
        "an exception is of no kind",
        {"calendar_dates": "service_id,date,exception_type\ndaily,20270301,3\n"},
        "calendar_dates.txt",
        2,
        "exception_type 3 is not 1 or 2",
    ),
    (
        "a date is named twice",
        {"calendar_dates": "service_id,date,exception_type\ndaily,20270301,1\ndaily,20270301,2\n"},
        "calendar_dates.txt",
        3,
        "names 2027-03-01 twice",
    ),
    (
        "a time zone does not exist",
        {"agency": "agency_name,agency_url,agency_timezone\nA,https://x.example/,Bali\n"},
        "agency.txt",
        2,
        "agency_timezone Bali is no time zone",
    ),
    (
        "two agencies keep two zones",
        {"agency": FERRY["agency.txt"] + "B,South,https://x.example/,Asia/Makassar\n"},
        "agency.txt",
        3,
        "agency_timezone Asia/Makassar differs from Asia/Tokyo",
    ),
    (
        "a headway is nothing",
        {"frequencies": "trip_id,start_time,end_time,headway_secs\ndown,6:00:00,9:00:00,0\n"},
        "frequencies.txt",
        2,
        "headway_secs 0 is not a number of seconds above 0",
    ),
    (
        "frequencies overlap",
        {
            "frequencies": "trip_id,start_time,end_time,headway_secs\n"
            "down,6:00:00,9:00:00,600\ndown,8:00:00,10:00:00,600\n"
        },
        "frequencies.txt",
        3,
        "overlaps",
    ),
    (
        "a frequency ends before it starts",
        {"frequencies": "trip_id,start_time,end_time,headway_secs\ndown,9:00:00,6:00:00,600\n"},
        "frequencies.txt",
        2,
        "ends before it starts",
    ),
    (
        "a change leads nowhere",
        {"transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nnorth,x,2,60\n"},
        "transfers.txt",
        2,
        "to_stop_id x is no known stop",
    ),
    (
        "a wait is negative",
        {"transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nnorth,mid,2,-5\n"},
        "transfers.txt",
        2,
        "min_transfer_time -5 is not a number of seconds",
    ),
    (
        "a price is no amount",
        {"fare_attributes": "fare_id,price,currency_type,payment_method,transfers\nF,ten,JPY,1,0\n"},
        "fare_attributes.txt",
        2,
        "ten is no amount of money",
    ),
    (
        "a currency is no code",
        {"fare_attributes": "fare_id,price,currency_type,payment_method,transfers\nF,1,yen,1,0\n"},
        "fare_attributes.txt",
        2,
        "yen is no currency code",
    ),
    (
        "a fare rule has an unknown zone",
        {
            "fare_attributes": "fare_id,price,currency_type,payment_method,transfers\nF,1,JPY,1,0\n",
            "fare_rules": "fare_id,route_id,origin_id\nF,R,Z\n",
        },
        "fare_rules.txt",
        2,
        "origin_id Z is no zone of a stop",
    ),
    (
        "a fare product has unknown riders",
        {"fare_products": "fare_product_id,rider_category_id,amount,currency\nP,child,10,JPY\n"},
        "fare_products.txt",
        2,
        "rider_category_id child is no known rider category",
    ),
    (
        "a fare rule has an unknown product",
        {"fare_products": "fare_product_id,amount,currency\nP,10,JPY\n", "fare_leg_rules": "fare_product_id\nQ\n"},
        "fare_leg_rules.txt",
        2,
        "fare_product_id Q is no known fare product",
    ),
    (
        "a fare rule has an unknown network",
        {
            "fare_products": "fare_product_id,amount,currency\nP,10,JPY\n",
            "fare_leg_rules": "network_id,fare_product_id\nN,P\n",
        },
        "fare_leg_rules.txt",
        2,
        "network_id N is no known network",
    ),
]


@pytest.mark.parametrize(
    ("changes", "file", "line", "reason"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_feed_is_refused_when(feed: Feed, changes: Files, file: str, line: int, reason: str) -> None:
    errors = refusal(feed(**changes))
    assert any(error.file == file and error.line == line and reason in error.reason for error in errors), errors


def test_a_file_that_is_not_utf_8_names_the_line(feed: Feed) -> None:
    folder = feed()
    (folder / "stops.txt").write_bytes(b"stop_id,stop_name,stop_lat,stop_lon\nnorth,Caf\xe9,42,140\n")
    assert FeedError("stops.txt", 2, "is not UTF-8 text") in refusal(folder)


def test_all_mistakes_are_listed_at_once_and_the_error_is_invalid(feed: Feed) -> None:
    folder = feed(
        stops=STOPS + "north,N,142,140,,\nmid,,41,141,,\nsouth,S,39,541,,\n",
        routes="route_id,route_long_name,route_type\nR,x,99\n",
    )
    with pytest.raises(Invalid) as refused:
        read_feed(folder)
    assert {(problem.field, problem.params["line"]) for problem in refused.value.problems} == {
        ("stops.txt", 2),
        ("stops.txt", 3),
        ("stops.txt", 4),
        ("routes.txt", 2),
    }
    assert refused.value.code == "feed_refused"


def test_thousands_of_equal_mistakes_are_counted_not_listed(feed: Feed) -> None:
    lines = "".join(f"s{n},S,999,0,,\n" for n in range(1000))
    errors = refusal(feed(stops=STOPS + lines))
    of_stops = [error for error in errors if error.file == "stops.txt"]
    assert len(of_stops) == gtfs_rows.MAX_ERRORS_A_FILE + 1
    assert of_stops[-1].reason == "800 more errors of this file are not listed"


def test_a_trip_that_nobody_can_ride_is_a_warning_not_an_error(feed: Feed) -> None:
    found = read_feed(feed(trips=FERRY["trips.txt"] + "R,daily,ghost,0\n"))
    assert [warning.reason for warning in found.warnings] == ["trip ghost has 0 calls and cannot be ridden"]


def test_old_fares_are_read_with_their_rules(feed: Feed) -> None:
    found = read_feed(
        feed(
            fare_attributes="fare_id,price,currency_type,payment_method,transfers\nF,6000,JPY,1,\n",
            fare_rules="fare_id,route_id,origin_id,destination_id\nF,R,N,S\nF,R,S,N\n",
        )
    )
    fare = found.fares.attributes[0]
    assert (fare.price, fare.currency, fare.transfers, fare.is_paid_on_board) == (Decimal(6000), "JPY", None, False)
    assert [rule["origin_id"] for rule in fare.rules] == ["N", "S"]


def test_new_fares_are_joined_to_their_routes_by_network(feed: Feed) -> None:
    found = read_feed(
        feed(
            networks="network_id,network_name\nN,North\n",
            route_networks="network_id,route_id\nN,R\n",
            rider_categories="rider_category_id,rider_category_name\nchild,Child\n",
            fare_products="fare_product_id,rider_category_id,amount,currency\nP,,12.50,EUR\nP,child,6.25,EUR\nQ,,1,EUR\n",
            fare_leg_rules="network_id,fare_product_id\nN,P\n",
        )
    )
    assert [(product.rider_category_id, product.amount) for product in found.fares.list_products("R")] == [
        ("", Decimal("12.50")),
        ("child", Decimal("6.25")),
    ]


def test_progress_is_told_file_by_file_to_the_end(feed: Feed) -> None:
    told: list[tuple[str, int, int]] = []
    read_feed(feed(), progress=lambda *step: told.append(step))
    assert [step[0] for step in told][:2] == ["agency.txt", "stops.txt"]
    assert told[-1][1] == told[-1][2]


def test_the_shipped_feed_has_no_error_and_no_warning() -> None:
    found = read_feed(SHIPPED)
    assert found.warnings == ()
    assert found.counts() == {"stops": 112, "routes": 108, "trips": 830, "stop_times": 1660, "services": 29}
    assert found.version.startswith("2026-11-24+")
    products = {product.fare_product_id: product for product in found.fares.list_products("F-PDB-LEM")}
    assert len(products) == 6
    assert products["F-PDB-LEM.infant.foreign"].amount == 6073
    assert products["F-PDB-LEM.infant.foreign"].row["amount_low"] == "6073"
    assert not found.active_on(
        found.service_ids[found.trip_service[found.trip_ids.index("A-DPS-LBJ-0-0800")]], date(2027, 3, 8)
    )


@given(data=strategies.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_feed_it_is_read_or_refused(tmp_path: Path, data: strategies.DataObject) -> None:
    name = data.draw(strategies.sampled_from(sorted(WHOLE)))
    lines = WHOLE[name].splitlines()
    number = data.draw(strategies.integers(0, len(lines) - 1))
    cells = lines[number].split(",")
    column = data.draw(strategies.integers(0, len(cells) - 1))
    cells[column] = data.draw(
        strategies.one_of(
            strategies.sampled_from(
                ["", "-1", "0", "999999999999", "nan", "1_0", "26:00:00", "20270101", "\x00", '"', "daily"]
            ),
            strategies.text(max_size=8),
        )
    )
    lines[number] = ",".join(cells)
    if data.draw(strategies.booleans()):
        del lines[data.draw(strategies.integers(0, len(lines) - 1))]
    for file, text in {**WHOLE, name: "\n".join(lines)}.items():
        (tmp_path / file).write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        found = read_feed(tmp_path)
    except FeedRefused as refused:
        assert refused.errors
    else:
        assert found.stop_times.first[-1] == len(found.stop_times)


def test_a_feed_of_national_size_is_read_in_seconds(tmp_path: Path) -> None:
    trips, calls = 10_000, 10
    files = dict(FERRY)
    files["trips.txt"] = "route_id,service_id,trip_id\n" + "".join(f"R,daily,t{n}\n" for n in range(trips))
    rows = io.StringIO()
    rows.write(CALLS)
    for trip in range(trips):
        for call in range(calls):
            clock = f"{6 + (trip % 12) + call}:{trip % 60:02d}:00"
            rows.write(f"t{trip},{clock},{clock},{('north', 'mid', 'south')[call % 3]},{call}\n")
    files["stop_times.txt"] = rows.getvalue()
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    found = read_feed(tmp_path / "big.zip")
    assert found.counts()["stop_times"] == trips * calls
    assert found.stop_times.first[-1] == trips * calls and found.stop_times.depart_s[3] == 9 * 3600
