"""The published contract before a validator that knows nothing of ours: meta-schemas, AsyncAPI, examples and refusals."""

import json
import pathlib
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "Docs"
SCHEMAS = DOCS / "schemas"
ASYNCAPI = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())
MESSAGES = ASYNCAPI["components"]["messages"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def read(path):
    return json.loads(path.read_text())


def validator(name):
    """For a whole message of that name as the AsyncAPI document describes it; of a grant, for its claims."""
    message = MESSAGES[name]
    schema = message.get("x-claims") or message["payload"]["schema"]
    resolver = jsonschema.RefResolver((DOCS / "asyncapi.yaml").as_uri(), schema)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def files(folder):
    """Each message of a folder: its file's name, the name of its message, what is in it."""
    for path in sorted((SCHEMAS / folder).glob("*.json")):
        names = [name for name in MESSAGES if path.stem == name or path.stem.startswith(name + ".")]
        assert len(names) == 1, f"{path.name} is of the messages {names}"
        yield path.stem, names[0], read(path)


def resolve(reference):
    """What a reference within the AsyncAPI document means."""
    value = ASYNCAPI
    for key in reference.removeprefix("#/").split("/"):
        value = value[key]
    return value


class Contract(unittest.TestCase):
    def test_every_schema_is_one_of_2020_12(self):
        paths = sorted(SCHEMAS.glob("*.json"))
        self.assertGreater(len(paths), 30)
        for path in paths:
            with self.subTest(path.name):
                schema = read(path)
                self.assertEqual(schema["$schema"], DIALECT)
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_the_document_is_asyncapi_3(self):
        official = read(pathlib.Path(__file__).parent / "asyncapi" / "3.0.0.json")
        check = jsonschema.Draft7Validator(official)
        self.assertEqual([error.message for error in check.iter_errors(ASYNCAPI)], [])
        broken = json.loads(json.dumps(ASYNCAPI))
        next(iter(broken["operations"].values()))["action"] = "shout"
        self.assertNotEqual(list(check.iter_errors(broken)), [])

    def test_references_within_the_document_lead_somewhere(self):
        for key, operation in ASYNCAPI["operations"].items():
            with self.subTest(key):
                channel = resolve(operation["channel"]["$ref"])
                self.assertIn("address", channel)
                if "reply" in operation:
                    self.assertIn("address", resolve(operation["reply"]["channel"]["$ref"]))
                for message in channel["messages"].values():
                    self.assertIn("payload", resolve(message["$ref"]))

    def test_channels_name_their_parameters(self):
        for key, channel in ASYNCAPI["channels"].items():
            with self.subTest(key):
                named = [part.split("}")[0] for part in channel["address"].split("{")[1:]]
                self.assertEqual(sorted(named), sorted(channel["parameters"]))
                self.assertEqual(channel["address"].count("/"), 4)

    def test_examples_are_valid(self):
        seen = set()
        for file, name, message in files("examples"):
            seen.add(name)
            with self.subTest(file):
                self.assertEqual([error.message for error in validator(name).iter_errors(message)], [])
        self.assertEqual(set(MESSAGES) - seen, {"session-probe"})

    def test_members_that_no_schema_names_are_allowed(self):
        for file, name, message in files("examples"):
            with self.subTest(file):
                message["later"] = {"a": [1]}
                if "data" in message:
                    message["data"]["later"] = "too"
                self.assertEqual([error.message for error in validator(name).iter_errors(message)], [])

    def test_required_members_are_required(self):
        for file, name, message in files("examples"):
            if "data" not in message:
                continue
            for member in read(SCHEMAS / f"{name}.json")["required"]:
                with self.subTest(f"{file} without {member}"):
                    less = {**message, "data": {key: value for key, value in message["data"].items() if key != member}}
                    self.assertFalse(validator(name).is_valid(less))

    def test_wrong_messages_are_refused(self):
        count = 0
        for file, name, message in files("refused"):
            count += 1
            with self.subTest(file):
                self.assertFalse(validator(name).is_valid(message))
        self.assertGreater(count, 30)

    def test_only_states_leases_lives_and_heads_are_retained(self):
        for key, operation in ASYNCAPI["operations"].items():
            channel = resolve(operation["channel"]["$ref"])
            with self.subTest(key):
                self.assertEqual(operation["bindings"]["mqtt"]["retain"], channel["x-class"] in ("state", "lease", "health", "journal"))


if __name__ == "__main__":
    unittest.main()
