from gateway.policies.load import load_policies as load_policies
