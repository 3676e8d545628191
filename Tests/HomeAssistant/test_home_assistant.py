"""A town's doors in a real Home Assistant: shown, opened where the town's file lets it, and not where it does not.

    make home-assistant-test
"""
import os
import tempfile
import unittest

from home_assistant import HomeAssistant
from town import Device, Town

PROGRAMS = os.environ.get("PROGRAMS", os.path.join(os.path.dirname(__file__), "../../.build/release"))
GYM, HALL = "lock.kazasu_nagai_gym", "lock.kazasu_nagai_hall"


class HomeAssistantTest(unittest.IsolatedAsyncioTestCase):
    async def test_doors(self):
        with tempfile.TemporaryDirectory() as folder:
            town = Town(folder, PROGRAMS)
            self.addCleanup(town.stop)
            home = await HomeAssistant.start(f"{folder}/home", town.device_port, town.password("home-assistant"), town.authority)
            self.addAsyncCleanup(home.stop)

            # Found by discovery, and away as long as their devices are.
            await home.until(GYM, "unavailable")
            await home.until(HALL, "unavailable")
            gym, hall = Device(town, "gym"), Device(town, "hall")
            self.addCleanup(gym.leave)
            await home.until(GYM, "locked")
            await home.until(HALL, "locked")
            self.assertEqual(home.hass.states.get(GYM).attributes["friendly_name"].split()[0], "市民体育館")

            # Opened by lock-controller's decision, and locked again after its time. A device just back is told nothing for five seconds.
            for _ in range(20):
                await home.press("unlock", GYM)
                if await home.within(1, lambda: gym.heard):
                    break
            await home.until(GYM, "unlocked")
            await home.until(GYM, "locked")
            words = [word for word, _ in gym.heard]
            self.assertEqual((set(words[:-1]), words[-1]), ({"UNLOCK"}, "LOCK"))
            self.assertFalse(any(retained for _, retained in gym.heard))
            self.assertTrue([line for line in town.lines if "gym: home-assistant wants it opened" in line], town.lines)

            # Locking is the town's own business, and a door that is only shown is not opened. What the gym hears last has come after both.
            await home.press("lock", GYM)
            await home.press("unlock", HALL)
            gym.obeys = False
            await home.press("unlock", GYM)
            await home.until_true(lambda: len(gym.heard) == len(words) + 1)
            self.assertEqual(gym.heard[-1], ("UNLOCK", False))
            gym.say("JAMMED")
            await home.until(GYM, "jammed")
            self.assertEqual(hall.heard, [])
            self.assertFalse([line for line in town.lines if "hall: home-assistant" in line], town.lines)

            # A device that goes, and one that recovers.
            hall.leave()
            await home.until(HALL, "unavailable")
            gym.say("LOCKED")
            await home.until(GYM, "locked")


if __name__ == "__main__":
    unittest.main()
