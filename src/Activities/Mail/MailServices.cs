using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Bursts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Activities.Mail;

public static class MailServices
{
    /// <summary>Mails; SMTP when <c>Mail:Smtp:Host</c> is set, otherwise the built-in outbox. Needs an <see cref="IPartnerDirectory"/>.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<MailOptions>(configuration.GetSection("Mail"));
        services.TryAddSingleton<MailStore>();
        services.TryAddSingleton<MailComposer>();
        services.TryAddSingleton<MailRetry>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, MailParticipant>());
        services.AddEffectHandler<SendMailHandler>();
        if (string.IsNullOrWhiteSpace(configuration["Mail:Smtp:Host"]))
        {
            services.TryAddSingleton<IMailTransport, BuiltInOutbox>();
        }
        else
        {
            services.TryAddSingleton<IMailTransport, SmtpTransport>();
        }

        return services;
    }
}
