using Gaib.Cli.Demo;

namespace Gaib.EndToEnd.Tests;

public sealed class NoticesTests
{
    [Fact]
    public async Task Notices_LateByMoreLooksThanOneCouldCount_AreWaitedFor()
    {
        var (time, looks) = (new HandTime(), 0);
        await DemoNotices.AwaitAsync(() => Task.FromResult(++looks < 90 ? 0 : 14), 14, time, time.PassAsync);
        Assert.Equal(90, looks);
        Assert.Equal(TimeSpan.FromSeconds(8.9), time.Passed);
    }

    [Fact]
    public async Task Notices_ThatNeverCome_FailTheDemoAfterItsPatience()
    {
        var time = new HandTime();
        var fault = await Assert.ThrowsAsync<DemoException>(() => DemoNotices.AwaitAsync(() => Task.FromResult(13), 14, time, time.PassAsync));
        Assert.StartsWith("Only 13 of 14 shareholders' grains heard of their revenue by stream within 10 seconds.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(DemoNotices.Patience, time.Passed);
    }

    [Fact]
    public async Task Notices_AllThere_CostNoWait()
    {
        var time = new HandTime();
        await DemoNotices.AwaitAsync(() => Task.FromResult(14), 14, time, time.PassAsync);
        Assert.Equal(TimeSpan.Zero, time.Passed);
    }

    /// <summary>A clock that only the pauses move.</summary>
    private sealed class HandTime : TimeProvider
    {
        public TimeSpan Passed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public Task PassAsync(TimeSpan pause)
        {
            Passed += pause;
            return Task.CompletedTask;
        }
    }
}
