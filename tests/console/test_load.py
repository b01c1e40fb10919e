"""Loading data on the command line: whole, or not at all with file, line and reason."""

import zipfile

import pytest

FEED = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,Boats,https://boats.test,Asia/Makassar\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nX,Here,-8.5,115.2\nY,There,-8.6,116.1\n",
    "routes": "route_id,agency_id,route_short_name,route_type\nR,A,1,4\n",
    "trips": "route_id,service_id,trip_id\nR,S,T\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T,08:00:00,08:00:00,X,1\nT,09:30:00,09:30:00,Y,2\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "S,1,1,1,1,1,1,1,20270101,20271231\n",
    "feed_info": "feed_publisher_name,feed_publisher_url,feed_lang,feed_version\nBoats,https://boats.test,en,v1\n",
}


@pytest.fixture
def feed(tmp_path):
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, text in FEED.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_a_timetable_is_put_in_service_and_counted(run, feed):
    ended = run("load", "gtfs", str(feed))
    assert ended.exit_code == 0, ended.stderr
    assert "In service now: timetable v1" in ended.stdout and "1 trips" in ended.stdout


def test_the_same_timetable_as_a_zip_is_in_service_already(run, feed, tmp_path):
    run("load", "gtfs", str(feed))
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        for file in feed.iterdir():
            archive.write(file, file.name)
    assert "Was in service already" in run("load", "gtfs", str(tmp_path / "feed.zip")).stdout


def test_a_broken_timetable_is_refused_with_file_line_and_reason(run, feed):
    stop_times = feed / "stop_times.txt"
    stop_times.write_text(stop_times.read_text().replace("09:30:00,09:30:00,Y", "09:30:00,09:30:00,NOWHERE"))
    ended = run("load", "gtfs", str(feed))
    assert ended.exit_code == 1 and ended.stdout == ""
    assert any(line.startswith("stop_times.txt:3: ") and "NOWHERE" in line for line in ended.stderr.splitlines())
    assert "nothing was changed" in ended.stderr


def test_a_timetable_without_its_files_is_refused(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ended = run("load", "gtfs", str(tmp_path / "empty"))
    assert ended.exit_code == 1 and "stops.txt: is missing" in ended.stderr


def test_a_catalogue_without_its_files_is_refused(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ended = run("load", "catalogue", str(tmp_path / "empty"))
    assert ended.exit_code == 1 and "places.csv: is missing" in ended.stderr


def test_a_path_that_does_not_exist_is_bad_input(run):
    assert run("load", "gtfs", "/no/such/feed").exit_code == 2
