import Seal

/// Cards a careless authority made with another program (openssl x509), which the product itself refuses to make.
struct WeakCard: Sendable {
    let name: String
    /// DER in base64url.
    let certificate: String
    let verdict: CardIssuer.Verdict

    /// Valid for twenty years; its key was thrown away.
    static let issuer = """
        -----BEGIN CERTIFICATE-----
        MIIBoDCCAUegAwIBAgIUFaWeFi9sFS6Czez3hXp4kdrmodIwCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTV2VhayB0ZXN0IGF1dGhvcml0eTAeFw0yNjExMjEwNDE3NDVa
        Fw00NjExMTYwNDE3NDVaMB4xHDAaBgNVBAMME1dlYWsgdGVzdCBhdXRob3JpdHkw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATOa6b5gvbdf2wUx1T/V6c+3dfBnv9s
        G9q+1qsnXmSTbyxxCNy/SWemuzOEU3Wpjf5Tucffqd62LLEKlENbdSujo2MwYTAd
        BgNVHQ4EFgQUd1wPVXy6IQPrvd31sDwmZ7MxescwHwYDVR0jBBgwFoAUd1wPVXy6
        IQPrvd31sDwmZ7MxescwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQw
        CgYIKoZIzj0EAwIDRwAwRAIgCya77Rfn45ltrTSwDc0GlILfvryT5WbvjwPFqbWp
        BCcCIAg+TjUGRQjaQTo3+p0o84RxDHHEtCIqpGQYdr4omQOv
        -----END CERTIFICATE-----

        """

    static let table = [
        WeakCard(
            name: "P-256 with SHA-256",
            certificate: """
                MIIBajCCARGgAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NVoXDTQ2MTExNjA0MTc0NVowDDEKMAgGA1UEAwwBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJZb5V8tVmcxKVuiR-MZD9zI\
                l9HMYGx47o0wqiWX9QpqvdOyzKfBqSLm9brywoXeaPMISj2JPIl9NJP85AEd-nCjUjBQMA4GA1UdDwEB_wQEAwIHgDAdBgNVHQ4E\
                FgQUZIxWsVkWLUsEqOZVwen8_6chYegwHwYDVR0jBBgwFoAUd1wPVXy6IQPrvd31sDwmZ7MxescwCgYIKoZIzj0EAwIDRwAwRAIg\
                buZb9FRz1rUzazozo-3v3FvDEV_6XNh8Fx98hYIg7HoCIG5NIhXdtVq4r9aPQdNmZalQ_2MpbLALXqDmwZs5po-4
                """,
            verdict: .yes),
        WeakCard(
            name: "no key usage at all",
            certificate: """
                MIIBZjCCAQygAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NVoXDTQ2MTExNjA0MTc0NVowDDEKMAgGA1UEAwwBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAb49ZSSabfzkvFLbiGlScNH\
                olmdMH2WYe7T6ofvhVdZE5N-OymX9STX5IvBeqyCUEPJ0nDVEPUZv4fxfDbHPqKjTTBLMAkGA1UdEwQCMAAwHQYDVR0OBBYEFDO-\
                p1oMKKpNgB9rW6t3ubKiNl6lMB8GA1UdIwQYMBaAFHdcD1V8uiED673d9bA8JmezMXrHMAoGCCqGSM49BAMCA0gAMEUCIGkqxjke\
                tbJ89H2UEQeJwOq1nBZ6QbSyCyMI34rhqg-cAiEA7P6DKtwDAT_iev4lKV--wo604lj9ur_Zj4n-BArXaeg
                """,
            verdict: .yes),
        WeakCard(
            name: "RSA-1024",
            certificate: """
                MIIBszCCAVigAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NVoXDTQ2MTExNjA0MTc0NVowDDEKMAgGA1UEAwwBNzCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAtQdZ07DXrwNLK9C-fEQ-\
                m5iypMFgKtpYfbttGzqm9k335DjTGVh3-95HYx049MVXsHg8r062KD4ABK8mF8n7Aq2lkJVwTWNX-o95MLD-ng74hmXSIpNnPDFZ\
                teOrpByuJQ7rz2dAqExF-6I5HSuBcfz6cfgYY2WQtfXrKMWBeVUCAwEAAaNSMFAwDgYDVR0PAQH_BAQDAgeAMB0GA1UdDgQWBBTu\
                Aljk3DvTzUTkixtrojik6HQx1zAfBgNVHSMEGDAWgBR3XA9VfLohA-u93fWwPCZnszF6xzAKBggqhkjOPQQDAgNJADBGAiEAgXpm\
                qsmwohAwfN54ahzwoV0_fjZ4Bcm_KTX-TS30V1oCIQCQGdSMl3rjWbzmPjJNgtZWBam0MM8PnGuPRjrkP13bAQ
                """,
            verdict: .weakKey),
        WeakCard(
            name: "P-384",
            certificate: """
                MIIBhzCCAS6gAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NloXDTQ2MTExNjA0MTc0NlowDDEKMAgGA1UEAwwBNzB2MBAGByqGSM49AgEGBSuBBAAiA2IABFYudWuuGWkmPfrjf7AKRetUSuPY\
                huHgqOwKLk0x4RJc6NDi-K9EUK0cN_m3qtPCMFsVPjApUNCiM-hl7wEwfhRLPPjZt6W-t7quqNvWEhb7D9fIgprcX89khn18WfDX\
                C6NSMFAwDgYDVR0PAQH_BAQDAgeAMB0GA1UdDgQWBBQ36nf5BF3VPm7GqkkJhrsRrDO1kjAfBgNVHSMEGDAWgBR3XA9VfLohA-u9\
                3fWwPCZnszF6xzAKBggqhkjOPQQDAgNHADBEAiAqh_LBahApZqbEKJ6VXnNfTC6ci3rD8oQfkMniyzpYzQIgLVh8GlPMwj2NjUKn\
                H8jY8kAxBQCcu3VAapZX5uj1jxE
                """,
            verdict: .weakKey),
        WeakCard(
            name: "secp256k1",
            certificate: """
                MIIBZzCCAQ6gAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NloXDTQ2MTExNjA0MTc0NlowDDEKMAgGA1UEAwwBNzBWMBAGByqGSM49AgEGBSuBBAAKA0IABIsDp5WYPxf6ZUmjrVj3G23CLAL9\
                EXUUO8ecD8CFzsOohyp8EiyxhSjo7hPS80tzvnjuP9JgUnBkWUjjO-cRWmOjUjBQMA4GA1UdDwEB_wQEAwIHgDAdBgNVHQ4EFgQU\
                0aZtMqcMs7PWlYIYtq8q_DmVPdcwHwYDVR0jBBgwFoAUd1wPVXy6IQPrvd31sDwmZ7MxescwCgYIKoZIzj0EAwIDRwAwRAIgXBJI\
                braG6q5CVgwVXaPe-tqFItDMMMetYq_D2cKikOgCIBE70Xo1j0PC8osCV1A8sXReYINNh4VC4BHG7LfgoxZm
                """,
            verdict: .weakKey),
        WeakCard(
            name: "Ed25519",
            certificate: """
                MIIBOzCB4qADAgECAgEHMAoGCCqGSM49BAMCMB4xHDAaBgNVBAMME1dlYWsgdGVzdCBhdXRob3JpdHkwHhcNMjYxMTIxMDQxNzQ2\
                WhcNNDYxMTE2MDQxNzQ2WjAMMQowCAYDVQQDDAE3MCowBQYDK2VwAyEAvmdq6KfqDsn87hzlTzAqduvWwpqJosjAFZnSMjs3JuWj\
                UjBQMA4GA1UdDwEB_wQEAwIHgDAdBgNVHQ4EFgQUTWzI7PzIfoU9C5hvN8vS_x_wt10wHwYDVR0jBBgwFoAUd1wPVXy6IQPrvd31\
                sDwmZ7MxescwCgYIKoZIzj0EAwIDSAAwRQIgP38KCo7WxIRKEX7IIlytEBWfcHAK_oELipnwdpSEj5ACIQC-0T1p5UVpflpv7mCG\
                ZKqvu8DjGrrDzsGrjhwTgcJuUQ
                """,
            verdict: .weakKey),
        WeakCard(
            name: "signed with SHA-1",
            certificate: """
                MIIBajCCARCgAwIBAgIBBzAJBgcqhkjOPQQBMB4xHDAaBgNVBAMME1dlYWsgdGVzdCBhdXRob3JpdHkwHhcNMjYxMTIxMDQxNzQ2\
                WhcNNDYxMTE2MDQxNzQ2WjAMMQowCAYDVQQDDAE3MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpsEUx9Dd1JCU3DfPsHvhFqon\
                tVsPJl0rICWXvolhTJ81MZ3VeHdI5KUsKF6WkNGpAjo1yJXfNTObw3Pri2haZKNSMFAwDgYDVR0PAQH_BAQDAgeAMB0GA1UdDgQW\
                BBQL1VAmfpKo2mTHSLhXFUqGm2jhLzAfBgNVHSMEGDAWgBR3XA9VfLohA-u93fWwPCZnszF6xzAJBgcqhkjOPQQBA0kAMEYCIQCV\
                f7ncYDspYCD630fucEAl6MOABcWnvxs1ovQGqcy-mAIhAMtmFvwCPb6XUEK3So8_0li_2cC-Cy5CSat3Gb8WaQ0V
                """,
            verdict: .weakKey),
        WeakCard(
            name: "key agreement only",
            certificate: """
                MIIBazCCARGgAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NloXDTQ2MTExNjA0MTc0NlowDDEKMAgGA1UEAwwBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPjC7YHVlO0dgK4v--jDp6aQ\
                M04QitaOdxOW9OqJ9-0fSg6dEVqL6swZRGf3vibflgAxJQEmm6WevEl6pYF6fcujUjBQMA4GA1UdDwEB_wQEAwIDCDAdBgNVHQ4E\
                FgQUNNbZRz2A-5FDtVISpHOeJzMCvVMwHwYDVR0jBBgwFoAUd1wPVXy6IQPrvd31sDwmZ7MxescwCgYIKoZIzj0EAwIDSAAwRQIh\
                AMuYC5tZyA8u0qzQNzw04f9fXRnKzvhYSdPytI5to4WAAiBsz5ze641lwJD039HKrIkg5_S9DlhZR9BNOSZsC42iyA
                """,
            verdict: .wrongUse),
        WeakCard(
            name: "an authority below the issuer",
            certificate: """
                MIIBfDCCASKgAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NloXDTQ2MTExNjA0MTc0NlowDDEKMAgGA1UEAwwBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKpay9xGyRwgx14LBCCCUyhf\
                4rheM--mGnbWe4-Mo-fVAd-NHoS97NuxKllOkyoCcZd9c4KNin_C_HNJnwZ2ItujYzBhMA8GA1UdEwEB_wQFMAMBAf8wDgYDVR0P\
                AQH_BAQDAgKEMB0GA1UdDgQWBBTHA3v9Bgdq3OrCTvV60d5Bu8wI7jAfBgNVHSMEGDAWgBR3XA9VfLohA-u93fWwPCZnszF6xzAK\
                BggqhkjOPQQDAgNIADBFAiEAnWgCBA8RobGrEUjSTScNmW6V2IevFPpZaW1m8mYTriECIGspnQ5fhnYMtegtOCL2txStbe5P6gDR\
                0GHLrrSHtzJK
                """,
            verdict: .wrongUse),
        WeakCard(
            name: "an unknown critical extension",
            certificate: """
                MIIBeDCCAR-gAwIBAgIBBzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNXZWFrIHRlc3QgYXV0aG9yaXR5MB4XDTI2MTEyMTA0MTc0\
                NloXDTQ2MTExNjA0MTc0NlowDDEKMAgGA1UEAwwBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABL4l1qt6HqP13BB0a9nQ-nmu\
                hH6TG0m5SuCTx0ZOvTyhrf4R-dZoR82RO-VqJztjDQzOO41Hd3gtGyyz-4CJULWjYDBeMA4GA1UdDwEB_wQEAwIHgDAMBgMqAwQB\
                Af8EAgUAMB0GA1UdDgQWBBT1yWa3cyTrVV8UrusuHePFKXJdxzAfBgNVHSMEGDAWgBR3XA9VfLohA-u93fWwPCZnszF6xzAKBggq\
                hkjOPQQDAgNHADBEAiAHccpH1N_EFZTlbQ4xP_94vZZDyDiwHZNXl36-uXJZWQIgbBe-TjNOD4JouShhQdxx2LEDAtGxyqmaWork\
                LlNgUHo
                """,
            verdict: .wrongUse),
    ]
}
