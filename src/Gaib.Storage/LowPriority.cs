using System.Runtime.InteropServices;

namespace Gaib.Storage;

/// <summary>Long work that must not take the machine from whoever waits for an answer.</summary>
public static partial class LowPriority
{
    private const int ThisThread = 0;
    private const int Nice = 5;

    /// <summary>
    /// Runs work on a thread of its own that gets about a third of what another thread gets where both want the processor: the nice value 5
    /// on Linux, where the call means the calling thread alone; the priority below normal elsewhere. Less would never end on a busy node.
    /// </summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    // If the system refuses, the work is done all the same.
                    _ = SetPriority(ThisThread, 0, Nice);
                }

                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        })
        {
            IsBackground = true,
            Name = name,
            Priority = ThreadPriority.BelowNormal,
        };
        thread.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
