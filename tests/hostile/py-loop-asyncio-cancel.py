# hostile: a task that does not let itself be cancelled
# expect: QUOTA_FUEL
import asyncio


async def stubborn():
    while True:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            pass


async def main():
    await asyncio.wait_for(stubborn(), 0.001)


asyncio.run(main())
