package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"waymark/openapi"
)

// Client is somebody at a tablet or desk, signed in to a server.
type Client struct {
	// Base is the server's address, such as http://127.0.0.1:8080.
	Base string
	HTTP *http.Client

	agency, name, password string
	access                 string
}

// maxReply bounds a reply that is read.
const maxReply = 8 << 20

// SignIn signs a person in.
func SignIn(ctx context.Context, base, agency, name, password string, transport http.RoundTripper) (*Client, error) {
	c := &Client{
		Base: base, HTTP: &http.Client{Transport: transport, Timeout: 30 * time.Second},
		agency: agency, name: name, password: password,
	}
	return c, c.signIn(ctx)
}

func (c *Client) signIn(ctx context.Context) error {
	var t openapi.Token
	_, err := c.once(ctx, http.MethodPost, "/v1/auth/token", nil, openapi.TokenRequest{
		GrantType: openapi.TokenRequestGrantTypePassword,
		Agency:    c.agency, Name: c.name, Password: openapi.Secret(c.password),
	}, &t)
	c.access = t.AccessToken
	return err
}

// AccessToken is the token of the sign-in, for tools that send their requests
// themselves.
func (c *Client) AccessToken() string { return c.access }

// ProblemError is a problem document that a server answered with.
type ProblemError struct{ openapi.Problem }

// Error gives the server's own words.
func (e *ProblemError) Error() string {
	return fmt.Sprintf("%s: %s %s", e.Code, e.Title, e.Detail)
}

// Call sends a request and reads the reply, and signs in again when the access
// token has ended.
func (c *Client) Call(ctx context.Context, method, path string, header http.Header, body, into any) (http.Header, error) {
	got, err := c.once(ctx, method, path, header, body, into)
	if problem, ok := errors.AsType[*ProblemError](err); ok && problem.Status == http.StatusUnauthorized && c.access != "" {
		c.access = ""
		if err := c.signIn(ctx); err != nil {
			return nil, err
		}
		return c.once(ctx, method, path, header, body, into)
	}
	return got, err
}

func (c *Client) once(ctx context.Context, method, path string, header http.Header, body, into any) (http.Header, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, reader)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, header)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.access != "" {
		req.Header.Set("Authorization", "Bearer "+c.access)
	}
	reply, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err := errors.Join(err, reply.Body.Close()); err != nil {
		return nil, err
	}
	if reply.StatusCode >= http.StatusBadRequest {
		var p openapi.Problem
		if err := json.Unmarshal(text, &p); err != nil || p.Code == "" {
			return nil, fmt.Errorf("%s %s: status %d", method, path, reply.StatusCode)
		}
		return nil, &ProblemError{p}
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return reply.Header, nil
}
