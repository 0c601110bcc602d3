using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Gaib.Domain.Tests.Training;

/// <summary>
/// Writes a state out in full, collections included, so that two states are compared by everything they hold. Records with immutable
/// collections in them do not compare by content.
/// </summary>
internal static class StateText
{
    public static string Of(object? state)
    {
        var text = new StringBuilder();
        Write(text, state);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append('-');
                break;
            case string or Hash32 or Address or Enum or IFormattable:
                text.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case IEnumerable rows:
                text.Append('[');
                foreach (var row in rows)
                {
                    Write(text, row);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                WriteMembers(text, value);
                break;
        }
    }

    private static void WriteMembers(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('{');
        var members = value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(member => member.GetIndexParameters().Length == 0 && (member.CanWrite || value.GetType().IsValueType));
        foreach (var member in members)
        {
            text.Append(member.Name).Append('=');
            Write(text, member.GetValue(value));
            text.Append(' ');
        }

        text.Append('}');
    }
}
