"""A real Home Assistant in this process, on the town's broker with its own user and password: no part of it is imitated but the web pages."""
import asyncio
import logging
import os

from homeassistant import auth, bootstrap, config_entries, core, loader
from homeassistant.config_entries import ConfigEntry
from homeassistant.setup import async_setup_component

from town import free_port


class HomeAssistant:
    def __init__(self, hass):
        self.hass = hass

    @classmethod
    async def start(cls, folder, port, password, authority):
        # It tells of every integration it would like to have.
        logging.disable(logging.CRITICAL)
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/configuration.yaml", "w"):
            pass
        hass = core.HomeAssistant(folder)
        hass.config.skip_pip = True
        loader.async_setup(hass)
        hass.config_entries = config_entries.ConfigEntries(hass, {})
        await bootstrap.async_load_base_functionality(hass)
        hass.auth = await auth.auth_manager_from_config(hass, [], [])
        assert await async_setup_component(hass, "homeassistant", {})
        # Its MQTT integration wants a web server, which nobody visits.
        assert await async_setup_component(hass, "http", {"http": {"server_host": ["127.0.0.1"], "server_port": free_port()}})
        await hass.async_start()
        # What a person types into "Add integration", MQTT.
        entry = ConfigEntry(
            version=1,
            minor_version=1,
            domain="mqtt",
            title="town",
            source="user",
            data={
                "broker": "localhost",
                "port": port,
                "username": "home-assistant",
                "password": password,
                "certificate": open(authority).read(),
                "tls_insecure": False,
                "discovery": True,
                "discovery_prefix": "homeassistant",
            },
        )
        await hass.config_entries.async_add(entry)
        return cls(hass)

    def state(self, entity):
        found = self.hass.states.get(entity)
        return found.state if found else None

    async def until(self, entity, state, seconds=30):
        """Waits until an entity is in a state."""
        await self.until_true(
            lambda: self.state(entity) == state, lambda: f"{entity} is {self.state(entity)}, not {state}", seconds)

    async def until_true(self, condition, words=lambda: "waited in vain", seconds=30):
        if not await self.within(seconds, condition):
            raise AssertionError(words())

    async def within(self, seconds, condition):
        """Whether it comes true in so many seconds."""
        for _ in range(seconds * 20):
            if condition():
                return True
            await asyncio.sleep(0.05)
        return bool(condition())

    async def press(self, action, entity):
        """A person presses a button of a lock: `unlock` or `lock`."""
        await self.hass.services.async_call("lock", action, {"entity_id": entity}, blocking=True)

    async def stop(self):
        await self.hass.async_stop(force=True)
