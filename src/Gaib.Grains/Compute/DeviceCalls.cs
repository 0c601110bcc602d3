using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Grains.Compute;

/// <summary>How grains ask a device: off their turn, and with every way in which it may fail to answer as one typed refusal.</summary>
internal static class DeviceCalls
{
    /// <summary>
    /// The device's answer; HostLost when it died, will not answer again, or left the finite numbers, which an honest one does only
    /// when a job's settings make every worker do so.
    /// </summary>
    public static Task<Outcome<T>> AskAsync<T>(this IDevice device, Hash32 gpu, Func<IDevice, T?> ask)
        where T : class => Task.Run(() =>
        {
            try
            {
                return ask(device) is { } answer ? answer : Lost<T>(gpu);
            }
            catch (Exception fault) when (fault is DeviceLostException or ArithmeticException)
            {
                return Lost<T>(gpu);
            }
        });

    private static Outcome<T> Lost<T>(Hash32 gpu)
        where T : class => new Rejection(Reason.HostLost, Subject: gpu.ToString());
}
