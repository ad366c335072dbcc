"""How settings are read: what a working pager needs, and how each fault is told."""

import json
from dataclasses import fields
from decimal import Decimal
from ipaddress import ip_network

import pytest

from bugglio.config import SETTINGS, ConfigurationError, Settings, read_settings, secret_values, wants_simulator

SID = "AC" + "0123456789abcdef" * 2
LAPTOP = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": "fedcba9876543210fedcba9876543210",
    "TWILIO_CALLER_ID": "+14155550100",
    "ON_DUTY": "+14155550101",
    "FLASK_SECRET_KEY": "a key that nobody guesses",
    "BUGSNAG_WEBHOOK_TOKEN": "webhook-token-of-24-signs",
    "BUGGLIO_PUBLIC_URL": "https://pager.example.com/on/call",
    "BUGGLIO_STORE": "sqlite:/var/lib/bugglio.db",
}
CLOUD = {name: text for name, text in LAPTOP.items() if name != "BUGGLIO_STORE"} | {
    "BUGGLIO_SCHEDULER_ACCOUNT": "tick@my-project.iam.gserviceaccount.com"
}


def laptop(**changes: str) -> Settings:
    return read_settings(LAPTOP | changes, on_google_cloud=False)


def cloud(**changes: str) -> Settings:
    return read_settings(CLOUD | changes, on_google_cloud=True)


def faults(values: dict[str, str], *, on_google_cloud: bool = False) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(values, on_google_cloud=on_google_cloud)
    return caught.value.faults


def fault(**changes: str) -> str:
    """The only fault of a laptop's settings with these changes."""
    (only,) = faults(LAPTOP | changes)
    return only


def cloud_fault(**changes: str) -> str:
    (only,) = faults(CLOUD | changes, on_google_cloud=True)
    return only


def test_a_laptop_with_twilio_needs_eight_settings_and_no_more() -> None:
    settings = laptop()
    assert settings.twilio_account_sid == SID
    assert ("webhook-token-of-24-signs",) == settings.bugsnag_webhook_token
    assert "/var/lib/bugglio.db" == settings.sqlite_path
    assert "+14155550100" == settings.sender
    for name in LAPTOP:
        assert any(name in each for each in faults({**LAPTOP, name: ""})), name


def test_google_cloud_needs_the_scheduler_and_no_store() -> None:
    assert "firestore" == cloud().bugglio_store
    assert "" == cloud().sqlite_path
    for name in CLOUD:
        assert any(name in each for each in faults({**CLOUD, name: ""}, on_google_cloud=True)), name


def test_nothing_set_on_a_laptop_is_no_fault_but_on_google_cloud_each_missing_one_is_named() -> None:
    nothing = read_settings({}, on_google_cloud=False)
    assert "" == nothing.twilio_account_sid == nothing.bugglio_store
    assert () == nothing.bugsnag_webhook_token == nothing.bugsnag_allowed_ips
    missing = faults({}, on_google_cloud=True)
    assert 8 == len(missing)
    assert (
        "ON_DUTY is missing; expected E.164 number of the engineer of last resort, who is always an admin." in missing
    )


def test_defaults() -> None:
    settings = laptop()
    assert "https://api.twilio.com" == settings.twilio_api_url
    assert "https://api.bugsnag.com" == settings.bugsnag_api_url
    assert Decimal("0.0083") == settings.bugglio_sms_price
    assert 200 == settings.bugglio_sms_per_day
    assert "(default)" == settings.bugglio_firestore_database
    assert 0 == settings.bugglio_proxy_hops
    assert 1 == cloud().bugglio_proxy_hops
    assert "bugglio" == settings.bugglio_secret


def test_an_empty_text_is_the_same_as_none() -> None:
    everything_empty = {setting.name: "" for setting in SETTINGS}
    assert read_settings({}, on_google_cloud=False) == read_settings(everything_empty, on_google_cloud=False)
    assert laptop() == laptop(TWILIO_TWIML_APP_SID="", BUGGLIO_SMS_PER_DAY="", BUGGLIO_NO_SUCH="")


def test_every_fault_is_told_at_once_in_the_order_of_the_table() -> None:
    found = faults(
        {
            **LAPTOP,
            "TWILIO_ACCOUNT_SID": "SK123",
            "ON_DUTY": "0415",
            "BUGGLIO_PUBLIC_URL": "https://pager.example.com/",
            "BUGGLIO_PROXY_HOPS": "two",
        }
    )
    names = [each.split()[0] for each in found]
    assert ["TWILIO_ACCOUNT_SID", "ON_DUTY", "BUGGLIO_PUBLIC_URL", "BUGGLIO_PROXY_HOPS"] == names
    assert all(each.endswith(".") and "; expected " in each for each in found)


def test_the_error_prints_one_fault_a_line() -> None:
    assert "first.\nsecond." == str(ConfigurationError(["first.", "second."]))


@pytest.mark.parametrize("alone", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_CALLER_ID"])
def test_half_of_twilio_on_a_laptop_is_a_fault_and_no_reason_for_the_simulator(alone: str) -> None:
    values = {alone: LAPTOP[alone]}
    assert not wants_simulator(values, on_google_cloud=False)
    assert any("is missing" in each or "are both missing" in each for each in faults(values))


def test_the_simulator_is_for_a_laptop_without_twilio() -> None:
    assert wants_simulator({"TWILIO_ACCOUNT_SID": "", "ON_DUTY": "+14155550101"}, on_google_cloud=False)
    assert not wants_simulator({}, on_google_cloud=True)


@pytest.mark.parametrize("sid", ["AC123", SID + "0", "ac" + SID[2:], "AC" + "g" * 32, "SK" + SID[2:]])
def test_an_account_sid_is_ac_and_32_hexadecimal_digits(sid: str) -> None:
    assert "expected AC and 32 hexadecimal digits" in fault(TWILIO_ACCOUNT_SID=sid)


def test_a_token_put_where_the_sid_belongs_is_not_told() -> None:
    told = fault(TWILIO_ACCOUNT_SID="fedcba9876543210fedcba9876543210")
    assert "9876543210" not in told
    assert told.startswith("TWILIO_ACCOUNT_SID is '***'; expected AC")
    assert "'12...'" in fault(TWILIO_ACCOUNT_SID="1234567890abcdef1234567890abcdef")


def test_a_twiml_app_that_is_the_account_is_explained() -> None:
    assert "AC... is the account SID" in fault(TWILIO_TWIML_APP_SID=SID)
    assert "AP123" == laptop(TWILIO_TWIML_APP_SID="AP123").twilio_twiml_app_sid


def test_the_messaging_service_wins_over_the_number() -> None:
    service = "MG" + "0" * 32
    assert service == laptop(TWILIO_MESSAGING_SERVICE_SID=service).sender
    assert service == laptop(TWILIO_MESSAGING_SERVICE_SID=service, TWILIO_CALLER_ID="").sender
    assert "expected MG and 32" in fault(TWILIO_MESSAGING_SERVICE_SID="AC" + "0" * 32)


def test_without_number_and_service_both_are_named_once() -> None:
    (only,) = faults({**LAPTOP, "TWILIO_CALLER_ID": ""})
    assert only.startswith("TWILIO_CALLER_ID and TWILIO_MESSAGING_SERVICE_SID are both missing")


def test_an_alphanumeric_sender_is_refused_because_nobody_could_answer() -> None:
    assert "nobody could answer an alphanumeric sender" in fault(TWILIO_CALLER_ID="PAGER")


@pytest.mark.parametrize(
    "number", ["4155550101", "+1 415 555 0101", "+1", "+1415555010", "+999123456789", "+1415555010123", "+04155550101"]
)
def test_on_duty_must_be_a_possible_number_and_is_told_by_its_last_digits(number: str) -> None:
    told = fault(ON_DUTY=number)
    assert told.startswith("ON_DUTY is ...")
    assert "415555" not in told.partition(";")[0]
    assert "expected an E.164 number" in told


@pytest.mark.parametrize("landline", ["+442079460958", "+4930123456", "+33123456789"])
def test_on_duty_cannot_be_a_landline_where_numbers_tell(landline: str) -> None:
    assert "this is a landline's" in fault(ON_DUTY=landline)


@pytest.mark.parametrize("number", ["+14155550101", "+447700900123", "+491701234567", "+33612345678"])
def test_on_duty_may_be_a_mobile_or_a_number_of_a_country_that_does_not_tell(number: str) -> None:
    assert number == laptop(ON_DUTY=number).on_duty


def test_on_duty_cannot_be_the_sender() -> None:
    assert "ON_DUTY is ...0100, the same as TWILIO_CALLER_ID" in fault(ON_DUTY="+14155550100")


def test_several_webhook_tokens_are_trimmed_and_all_valid() -> None:
    assert ("one", "two") == laptop(BUGSNAG_WEBHOOK_TOKEN=" one , two ").bugsnag_webhook_token
    assert "none of them empty" in fault(BUGSNAG_WEBHOOK_TOKEN="one,,two")
    assert "none of them empty" in fault(BUGSNAG_WEBHOOK_TOKEN="one,")
    assert "without spaces" in fault(BUGSNAG_WEBHOOK_TOKEN="one two")


def test_a_short_webhook_token_is_a_fault_on_google_cloud_only() -> None:
    assert ("short",) == laptop(BUGSNAG_WEBHOOK_TOKEN="short").bugsnag_webhook_token
    told = cloud_fault(BUGSNAG_WEBHOOK_TOKEN="webhook-token-of-24-signs,short")
    assert told == "BUGSNAG_WEBHOOK_TOKEN has a token of less than 16 characters; expected 16 or more on Google Cloud."


def test_bugsnag_stands_for_its_seven_addresses_beside_others() -> None:
    allowed = laptop(BUGSNAG_ALLOWED_IPS="bugsnag, 10.0.0.0/8, 2001:db8::1").bugsnag_allowed_ips
    assert 9 == len(allowed)
    assert {ip_network("104.196.245.109"), ip_network("10.0.0.0/8"), ip_network("2001:db8::1")} < set(allowed)


@pytest.mark.parametrize("text", ["bugsnags", "300.1.1.1", "10.0.0.0/33", "10.0.0.1,", "10.0.0.1 10.0.0.2"])
def test_what_is_no_address_is_a_fault(text: str) -> None:
    assert "expected addresses or networks separated by commas" in fault(BUGSNAG_ALLOWED_IPS=text)


def test_a_network_with_stray_bits_is_mended_in_words() -> None:
    assert "10.0.0.0/24 for all of it, or 10.0.0.7 for this one" in fault(BUGSNAG_ALLOWED_IPS="10.0.0.7/24")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://pager.example.com/", "take the slash away"),
        ("pager.example.com", "http or https"),
        ("ftp://pager.example.com", "http or https"),
        ("https://", "a host"),
        ("https://pager.example.com:port", "an address such as"),
        ("https://[pager", "an address such as"),
        ("https://pager.example.com?x=1", "without a question mark"),
        ("https://pager.example.com#x", "without #"),
        ("https://pager.exämple.com", "ASCII"),
        ("https://pa ger.example.com", "without spaces"),
        ("https://my_pager.example.com", "underscore: Twilio refuses"),
    ],
)
def test_the_public_address_is_usable_by_twilio_as_it_stands(url: str, words: str) -> None:
    assert words in fault(BUGGLIO_PUBLIC_URL=url)


def test_a_password_in_an_address_is_not_told() -> None:
    told = fault(BUGGLIO_PUBLIC_URL="https://ana:hunter2@pager.example.com")
    assert "hunter2" not in told
    assert "without a user or password" in told


def test_google_cloud_wants_https_but_a_fake_twilio_may_live_on_the_same_machine() -> None:
    assert "http://localhost:8080" == laptop(BUGGLIO_PUBLIC_URL="http://localhost:8080").bugglio_public_url
    assert "BUGGLIO_PUBLIC_URL begins with http:" in cloud_fault(BUGGLIO_PUBLIC_URL="http://pager.example.com")
    assert "BUGGLIO_PUBLIC_URL begins with http:" in cloud_fault(BUGGLIO_PUBLIC_URL="http://localhost:8080")
    assert "TWILIO_API_URL begins with http:" in cloud_fault(TWILIO_API_URL="http://127.0.0.1.example.com")
    assert "http://127.0.0.1:9" == cloud(TWILIO_API_URL="http://127.0.0.1:9").twilio_api_url


def test_a_door_is_the_public_address_and_its_path() -> None:
    assert "https://pager.example.com/on/call/sms" == laptop().door_url("/sms")


def test_the_store_is_firestore_or_a_file() -> None:
    assert "firestore" == laptop(BUGGLIO_STORE="firestore").bugglio_store
    for text in ("Firestore", "sqlite", "sqlite:", "sqlite: ", "postgres://x"):
        assert "BUGGLIO_STORE" in fault(BUGGLIO_STORE=text)
    assert "a file vanishes with its instance" in cloud_fault(BUGGLIO_STORE="sqlite:/tmp/x.db")


@pytest.mark.parametrize("text", ["-1", "1.5", "one", "+1", "1e3", "1_0", "٣", "9" * 10])
def test_hops_are_a_whole_number(text: str) -> None:
    assert "expected a whole number, 0 or more" in fault(BUGGLIO_PROXY_HOPS=text)


@pytest.mark.parametrize("text", ["0,0083", "-1", "nan", "inf", "$1"])
def test_a_price_is_dollars(text: str) -> None:
    assert "expected dollars" in fault(BUGGLIO_SMS_PRICE=text)


def test_a_budget_of_nothing_would_be_silence() -> None:
    assert "1 or more" in fault(BUGGLIO_SMS_PER_DAY="0")
    assert 1 == laptop(BUGGLIO_SMS_PER_DAY="1").bugglio_sms_per_day


@pytest.mark.parametrize("text", ["tick", "tick@project", "serviceAccount:tick@p.iam.gserviceaccount.com", "a@b.c d"])
def test_the_scheduler_is_an_e_mail_address(text: str) -> None:
    assert "e-mail address of a service account" in fault(BUGGLIO_SCHEDULER_ACCOUNT=text)


@pytest.mark.parametrize("name", ["FLASK_SECRET_KEY", "FLASK_SECRET_KEY_PREVIOUS"])
def test_a_short_session_key_is_a_fault_on_google_cloud_only(name: str) -> None:
    assert "k" * 15 == getattr(laptop(**{name: "k" * 15}), name.lower())
    assert f"{name} has less than 16 characters; expected 16 or more on Google Cloud." == cloud_fault(
        **{name: "k" * 15}
    )


def test_the_secondary_token_may_be_the_primary() -> None:
    assert (
        "fedcba9876543210fedcba9876543210"
        == laptop(TWILIO_AUTH_TOKEN_SECONDARY="fedcba9876543210fedcba9876543210").twilio_auth_token_secondary
    )


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "ON_DUTY", "BUGGLIO_PUBLIC_URL", "GOOGLE_CLOUD_PROJECT"])
def test_a_line_break_at_the_end_is_told_rather_than_taken_for_a_part(name: str) -> None:
    values = {"GOOGLE_CLOUD_PROJECT": "my-project", **LAPTOP}
    (only,) = faults({**values, name: values[name] + "\n"})
    assert only.startswith(f"{name} is ")
    assert "no space or line break" in only


def test_a_misspelt_setting_is_told_with_the_nearest_known_one() -> None:
    assert "BUGGLIO_PUBLIC_ULR is no setting of bugglio; expected perhaps BUGGLIO_PUBLIC_URL." == fault(
        BUGGLIO_PUBLIC_ULR="https://pager.example.com"
    )
    assert laptop() == laptop(BUGGY="others' settings are none of our business")


def test_no_secret_and_no_phone_is_in_any_fault() -> None:
    spoilt = {name: f" {text}" for name, text in LAPTOP.items()}
    spoilt["BUGGLIO_HEARTBEAT_URL"] = "hc-ping.com/heartbeat-secret"
    text = "\n".join(faults(spoilt))
    for hidden in ("fedcba98", "webhook-token", "nobody guesses", "555010", "heartbeat-secret"):
        assert hidden not in text, hidden


def test_repr_hides_secrets_and_numbers() -> None:
    settings = laptop(
        TWILIO_AUTH_TOKEN_SECONDARY="second-token",
        BUGSNAG_AUTH_TOKEN="data-access-token",
        BUGSNAG_BUGGLIO_KEY="notifier-key",
        FLASK_SECRET_KEY_PREVIOUS="a key that was used before",
        BUGGLIO_HEARTBEAT_URL="https://hc-ping.com/heartbeat-secret",
    )
    for text in (repr(settings), str(settings), f"{settings!r}"):
        for hidden in (*settings.secrets, "+1415", "heartbeat-secret"):
            assert hidden not in text, hidden
        assert "on_duty='...0101'" in text
        assert "twilio_api_url='https://api.twilio.com'" in text
    assert 8 == len(settings.secrets)


def test_the_secrets_of_a_configuration_with_faults_are_known_too() -> None:
    values = {"BUGSNAG_WEBHOOK_TOKEN": "one, two", "TWILIO_AUTH_TOKEN": "", "FLASK_SECRET_KEY": "a,b"}
    assert {"one, two", "one", "two", "a,b"} == secret_values(values)


def test_the_table_and_the_settings_name_the_same_things() -> None:
    attributes = [each.name for each in fields(Settings) if each.name != "on_google_cloud"]
    assert attributes == [setting.name.lower() for setting in SETTINGS]
    assert all(setting.meaning for setting in SETTINGS)


def test_values_have_the_types_that_are_declared() -> None:
    settings = laptop(BUGSNAG_ALLOWED_IPS="bugsnag")
    for each in fields(Settings):
        value = getattr(settings, each.name)
        declared = each.type if isinstance(each.type, type) else tuple
        assert isinstance(value, declared), each.name


def test_settings_do_not_serialise_by_accident() -> None:
    with pytest.raises(TypeError):
        json.dumps(laptop())
